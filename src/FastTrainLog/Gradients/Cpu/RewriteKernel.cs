using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastTrainLog.Gradients;

/// <summary>The write pass over float32 and float64. It is memory-bound, so vectors of 256 bits suffice on every machine.</summary>
internal static unsafe class RewriteKernel
{
    /// <summary>Multiplies by a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* first, int count, float factor)
    {
        Vector256<float> factors = Vector256.Create(factor);
        int width = Vector256<float>.Count;
        int i = 0;
        for (; i <= count - (4 * width); i += 4 * width)
        {
            float* at = first + i;
            (Vector256.Load(at) * factors).Store(at);
            (Vector256.Load(at + width) * factors).Store(at + width);
            (Vector256.Load(at + (2 * width)) * factors).Store(at + (2 * width));
            (Vector256.Load(at + (3 * width)) * factors).Store(at + (3 * width));
        }

        for (; i < count; i++)
        {
            Unsafe.WriteUnaligned(first + i, Unsafe.ReadUnaligned<float>(first + i) * factor);
        }
    }

    /// <summary>Sets non-finite elements to zero if requested, multiplies and clamps.</summary>
    /// <param name="first">The first element.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="rewrite">What to do; its factor is a normal float32.</param>
    /// <param name="largest">The largest magnitude that rounds to a finite element of the type; larger results become zero if non-finite elements do.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* first, int count, in Rewrite rewrite, float largest)
    {
        Vector256<float> factors = Vector256.Create((float)rewrite.Factor.Value);
        Vector256<float> upper = Vector256.Create((float)rewrite.ClampAt);
        Vector256<float> bound = Vector256.Create(largest);
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Apply(Vector256.Load(first + i), factors, upper, bound, rewrite.Sanitize).Store(first + i);
        }

        if (i < count)
        {
            float* padded = stackalloc float[Vector256<float>.Count];
            new ReadOnlySpan<float>(first + i, count - i).CopyTo(new Span<float>(padded, count - i));
            Apply(Vector256.Load(padded), factors, upper, bound, rewrite.Sanitize).Store(padded);
            new ReadOnlySpan<float>(padded, count - i).CopyTo(new Span<float>(first + i, count - i));
        }
    }

    /// <summary>Sets non-finite elements to zero if requested, multiplies and clamps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(double* first, int count, in Rewrite rewrite)
    {
        Vector256<double> factors = Vector256.Create(rewrite.Factor.Value);
        Vector256<double> upper = Vector256.Create(rewrite.ClampAt);
        int i = 0;
        for (; i <= count - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            Vector256<double> values = Vector256.Load(first + i);
            if (rewrite.Sanitize)
            {
                values = Vector256.ConditionalSelect(
                    Vector256.LessThanOrEqual(Vector256.Abs(values), Vector256.Create(double.MaxValue)), values, Vector256<double>.Zero);
            }

            values *= factors;
            values = Vector256.ConditionalSelect(Vector256.GreaterThan(values, upper), upper, values);
            values = Vector256.ConditionalSelect(Vector256.LessThan(values, -upper), -upper, values);
            if (rewrite.Sanitize)
            {
                values = Vector256.ConditionalSelect(
                    Vector256.LessThanOrEqual(Vector256.Abs(values), Vector256.Create(double.MaxValue)), values, Vector256<double>.Zero);
            }

            values.Store(first + i);
        }

        ScalarKernel.Write(first + i, count - i, GradientType.Float64, rewrite);
    }

    // Selects instead of minimum and maximum, so that a NaN that must be kept remains NaN on every machine.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Apply(
        Vector256<float> values, Vector256<float> factors, Vector256<float> upper, Vector256<float> largest, bool sanitize)
    {
        if (sanitize)
        {
            values = Vector256.ConditionalSelect(
                Vector256.LessThanOrEqual(Vector256.Abs(values), Vector256.Create(float.MaxValue)), values, Vector256<float>.Zero);
        }

        values *= factors;
        values = Vector256.ConditionalSelect(Vector256.GreaterThan(values, upper), upper, values);
        values = Vector256.ConditionalSelect(Vector256.LessThan(values, -upper), -upper, values);
        return sanitize
            ? Vector256.ConditionalSelect(Vector256.LessThanOrEqual(Vector256.Abs(values), largest), values, Vector256<float>.Zero)
            : values;
    }
}
