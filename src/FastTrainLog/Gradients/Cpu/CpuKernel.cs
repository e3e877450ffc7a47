using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FastTrainLog.Gradients;

/// <summary>Measures and rewrites a run of elements of any type, choosing the kernel by type, machine and values.</summary>
internal static unsafe class CpuKernel
{
    // A block of float32 that fits the first-level cache, in which half types and blocks with non-finite elements are prepared for the vector kernel.
    private const int BlockElements = 1024;

    /// <summary>Gets the widest vectors that are fast on this machine.</summary>
    public static SimdLevel Best =>
        Vector512.IsHardwareAccelerated ? SimdLevel.Vector512
        : Vector256.IsHardwareAccelerated ? SimdLevel.Vector256
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;

    /// <summary>Measures elements.</summary>
    /// <param name="first">The first element, of any alignment.</param>
    /// <param name="count">The number of elements, at most 2^24.</param>
    /// <param name="last">The last byte of the buffer that contains the elements; memory up to it is prefetched.</param>
    /// <param name="type">The element type.</param>
    /// <param name="level">The vector width.</param>
    /// <returns>The statistics.</returns>
    public static Partial Measure(void* first, int count, byte* last, GradientType type, SimdLevel level)
    {
        if (level == SimdLevel.Scalar)
        {
            return ScalarKernel.Measure(first, count, type);
        }

        Partial partial;
        switch (type)
        {
            case GradientType.Float32:
                return TryMeasure((float*)first, count, last, level, out partial) ? partial : MeasureInBlocks(first, count, type, level);
            case GradientType.Float64:
                return TryMeasure((double*)first, count, last, level, out partial) ? partial : ScalarKernel.Measure(first, count, type);
            default:
                return MeasureInBlocks(first, count, type, level);
        }
    }

    /// <summary>Rewrites elements in place.</summary>
    /// <param name="first">The first element, of any alignment.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="type">The element type.</param>
    /// <param name="rewrite">What to do to each.</param>
    public static void Write(void* first, int count, GradientType type, in Rewrite rewrite)
    {
        if (rewrite.Zero)
        {
            NativeMemory.Clear(first, (nuint)count * (nuint)(type == GradientType.Float64 ? 8 : type == GradientType.Float32 ? 4 : 2));
        }
        else if (type == GradientType.Float64 && rewrite.Factor.IsPlain)
        {
            RewriteKernel.Apply((double*)first, count, rewrite);
        }
        else if (type == GradientType.Float64 || !rewrite.Factor.IsPlain || !float.IsNormal((float)rewrite.Factor.Value))
        {
            // A factor below float32's normal range, as for gradients near 1e38, would lose its digits.
            ScalarKernel.Write(first, count, type, rewrite);
        }
        else if (type != GradientType.Float32)
        {
            WriteInBlocks((ushort*)first, count, type, rewrite);
        }
        else if (rewrite.Sanitize || !double.IsPositiveInfinity(rewrite.ClampAt))
        {
            RewriteKernel.Apply((float*)first, count, rewrite, ElementRange.LargestFor(type));
        }
        else
        {
            RewriteKernel.Scale((float*)first, count, (float)rewrite.Factor.Value);
        }
    }

    private static bool TryMeasure(float* first, int count, byte* last, SimdLevel level, out Partial partial) => level switch
    {
        SimdLevel.Vector512 => VectorKernel<Lanes512, FloatPair, Vector512<double>, Vector256<uint>>.TryMeasure(first, count, last, out partial),
        SimdLevel.Vector256 => VectorKernel<Lanes256, Vector256<float>, Vector256<double>, Vector256<uint>>.TryMeasure(first, count, last, out partial),
        _ => VectorKernel<Lanes128, Vector128<float>, Vector128<double>, Vector128<uint>>.TryMeasure(first, count, last, out partial),
    };

    private static bool TryMeasure(double* first, int count, byte* last, SimdLevel level, out Partial partial) => level switch
    {
        SimdLevel.Vector512 => VectorKernel<Lanes512, FloatPair, Vector512<double>, Vector256<uint>>.TryMeasure(first, count, last, out partial),
        SimdLevel.Vector256 => VectorKernel<Lanes256, Vector256<float>, Vector256<double>, Vector256<uint>>.TryMeasure(first, count, last, out partial),
        _ => VectorKernel<Lanes128, Vector128<float>, Vector128<double>, Vector128<uint>>.TryMeasure(first, count, last, out partial),
    };

    [SkipLocalsInit]
    private static Partial MeasureInBlocks(void* first, int count, GradientType type, SimdLevel level)
    {
        float* block = stackalloc float[BlockElements];
        Partial sum = default;
        for (int start = 0; start < count; start += BlockElements)
        {
            int length = Math.Min(BlockElements, count - start);
            if (type == GradientType.Float32)
            {
                new ReadOnlySpan<float>((float*)first + start, length).CopyTo(new Span<float>(block, length));
            }
            else
            {
                HalfPrecision.Widen((ushort*)first + start, block, length, type);
            }

            if (!TryMeasure(block, length, (byte*)block, level, out Partial partial))
            {
                (int nans, int infinities) = ZeroNonFinite(block, length);
                TryMeasure(block, length, (byte*)block, level, out partial);
                partial.Zeros -= nans + infinities;
                partial.NaNs = nans;
                partial.Infinities = infinities;
            }

            sum.Add(partial);
        }

        return sum;
    }

    [SkipLocalsInit]
    private static void WriteInBlocks(ushort* first, int count, GradientType type, in Rewrite rewrite)
    {
        float* block = stackalloc float[BlockElements];
        float largest = ElementRange.LargestFor(type);
        for (int start = 0; start < count; start += BlockElements)
        {
            int length = Math.Min(BlockElements, count - start);
            HalfPrecision.Widen(first + start, block, length, type);
            RewriteKernel.Apply(block, length, rewrite, largest);
            HalfPrecision.Narrow(block, first + start, length, type);
        }
    }

    /// <summary>Sets non-finite elements to zero and counts them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int NaNs, int Infinities) ZeroNonFinite(float* first, int count)
    {
        Vector256<int> nans = default;
        Vector256<int> infinities = default;
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> values = Vector256.Load(first + i);
            Vector256<int> magnitudes = Vector256.Abs(values).AsInt32();
            nans -= Vector256.GreaterThan(magnitudes, Vector256.Create(0x7F80_0000));
            infinities -= Vector256.Equals(magnitudes, Vector256.Create(0x7F80_0000));
            Vector256.ConditionalSelect(
                Vector256.LessThan(magnitudes, Vector256.Create(0x7F80_0000)).AsSingle(), values, Vector256<float>.Zero).Store(first + i);
        }

        (int nanCount, int infinityCount) = (Vector256.Sum(nans), Vector256.Sum(infinities));
        for (; i < count; i++)
        {
            nanCount += float.IsNaN(first[i]) ? 1 : 0;
            infinityCount += float.IsInfinity(first[i]) ? 1 : 0;
            first[i] = float.IsFinite(first[i]) ? first[i] : 0f;
        }

        return (nanCount, infinityCount);
    }
}
