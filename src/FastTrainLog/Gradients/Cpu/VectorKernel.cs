using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Gradients;

/// <summary>The read pass over float32 and float64 with vectors: one load of each element for all statistics.</summary>
/// <remarks>
/// <para>
/// Squares are summed in float64, element by element: a float32 sum, even if flushed often, has an error of 1e-8 on small tensors, and more
/// if all elements are equal and the rounding errors do not cancel. If the data comes from memory, the conversion costs no time (docs/gradients.md). Memory is
/// prefetched into the second-level cache: with two dozen instructions per cache line, the processor's out-of-order window covers fewer lines than for a plain sum.
/// Prefetching into the first-level cache, or less than some kilobytes ahead, where the hardware prefetchers already work, slowed the pass.
/// </para>
/// <para>
/// The kernels are compiled fully optimised from the start, because at tier 0 they are ten times slower and a training loop may not call them often
/// enough to leave that tier.
/// </para>
/// </remarks>
/// <typeparam name="TLanes">The vector width.</typeparam>
/// <typeparam name="TFloats">A vector of float32.</typeparam>
/// <typeparam name="TDoubles">A vector of float64.</typeparam>
/// <typeparam name="TCount">A count of float32.</typeparam>
internal static unsafe class VectorKernel<TLanes, TFloats, TDoubles, TCount>
    where TLanes : struct, ILanes<TFloats, TDoubles, TCount>
    where TFloats : struct
    where TDoubles : struct
    where TCount : struct
{
    // Two vectors of the widest kind.
    private const int LargestRound = 32;

    private const int PrefetchBytes = 16 << 10;
    private const int LineBytes = 64;

    // Between these bounds a sum of 2^24 squares does not overflow, and underflow costs no more than its rounding.
    private static readonly double LargestPlain = Math.ScaleB(1.0, 490);
    private static readonly double SmallestPlain = Math.ScaleB(1.0, -400);

    /// <summary>Measures float32 elements.</summary>
    /// <param name="first">The first element, of any alignment.</param>
    /// <param name="count">The number of elements, at most 2^24.</param>
    /// <param name="last">The last byte of the buffer that contains the elements; nothing after it is prefetched.</param>
    /// <param name="partial">The statistics; undefined if the result is false.</param>
    /// <returns>Whether all elements are finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryMeasure(float* first, int count, byte* last, out Partial partial)
    {
        int width = TLanes.Floats;
        int round = 2 * width;
        int rest = count % round;

        // The remainder is padded with zeros to a full round: zeros change neither sum nor maximum.
        float* padded = stackalloc float[LargestRound];
        new Span<float>(padded, round).Clear();
        new ReadOnlySpan<float>(first + count - rest, rest).CopyTo(new Span<float>(padded, round));

        TFloats max0 = default, max1 = default;
        TCount zero0 = default, zero1 = default;
        TDoubles lower0 = default, lower1 = default, upper0 = default, upper1 = default;
        for (int part = 0; part < 2; part++)
        {
            float* from = part == 0 ? first : padded;
            float* end = from + (part == 0 ? count - rest : rest == 0 ? 0 : round);
            for (; from < end; from += round)
            {
                Prefetch((byte*)from, round * sizeof(float), last);
                TFloats loaded0 = TLanes.Load(from);
                TFloats loaded1 = TLanes.Load(from + width);
                lower0 = TLanes.AddSquaresLower(lower0, loaded0, from);
                upper0 = TLanes.AddSquaresUpper(upper0, loaded0, from);
                lower1 = TLanes.AddSquaresLower(lower1, loaded1, from + width);
                upper1 = TLanes.AddSquaresUpper(upper1, loaded1, from + width);
                max0 = TLanes.MaxMagnitude(max0, loaded0);
                max1 = TLanes.MaxMagnitude(max1, loaded1);
                zero0 = TLanes.AddZero(zero0, loaded0);
                zero1 = TLanes.AddZero(zero1, loaded1);
            }
        }

        partial = default;
        partial.Squares = TLanes.Sum(TLanes.Add(TLanes.Add(lower0, upper0), TLanes.Add(lower1, upper1)));
        partial.AbsoluteMaximum = TLanes.Max(TLanes.MaxMagnitude(max0, max1));
        partial.Zeros = TLanes.Total(zero0) + TLanes.Total(zero1) - (rest == 0 ? 0 : round - rest);

        // The sum of 2^24 squares of finite float32 is always finite, so only a NaN or an infinity makes it non-finite.
        return double.IsFinite(partial.Squares);
    }

    /// <summary>Measures float64 elements.</summary>
    /// <param name="first">The first element, of any alignment.</param>
    /// <param name="count">The number of elements, at most 2^24.</param>
    /// <param name="last">The last byte of the buffer that contains the elements; nothing after it is prefetched.</param>
    /// <param name="partial">The statistics; undefined if the result is false.</param>
    /// <returns>Whether all elements are finite and their squares are well inside the range of a double.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryMeasure(double* first, int count, byte* last, out Partial partial)
    {
        int width = TLanes.Floats / 2;
        int round = 2 * width;
        int rest = count % round;
        double* padded = stackalloc double[LargestRound / 2];
        new Span<double>(padded, round).Clear();
        new ReadOnlySpan<double>(first + count - rest, rest).CopyTo(new Span<double>(padded, round));

        TDoubles max0 = default, max1 = default, zero0 = default, zero1 = default, sum0 = default, sum1 = default;
        for (int part = 0; part < 2; part++)
        {
            double* from = part == 0 ? first : padded;
            double* end = from + (part == 0 ? count - rest : rest == 0 ? 0 : round);
            for (; from < end; from += round)
            {
                Prefetch((byte*)from, round * sizeof(double), last);
                TDoubles magnitudes0 = TLanes.LoadMagnitudes(from);
                TDoubles magnitudes1 = TLanes.LoadMagnitudes(from + width);
                sum0 = TLanes.AddSquares(sum0, magnitudes0);
                sum1 = TLanes.AddSquares(sum1, magnitudes1);
                max0 = TLanes.Max(max0, magnitudes0);
                max1 = TLanes.Max(max1, magnitudes1);
                zero0 = TLanes.CountZero(zero0, magnitudes0);
                zero1 = TLanes.CountZero(zero1, magnitudes1);
            }
        }

        partial = default;
        partial.Squares = TLanes.Sum(TLanes.Add(sum0, sum1));
        partial.AbsoluteMaximum = TLanes.Max(TLanes.Max(max0, max1));
        partial.Zeros = TLanes.Total(zero0) + TLanes.Total(zero1) - (rest == 0 ? 0 : round - rest);

        // A NaN or an infinity makes the sum non-finite, even if the maximum ignores it.
        return double.IsFinite(partial.Squares)
            && partial.AbsoluteMaximum <= LargestPlain
            && (partial.AbsoluteMaximum >= SmallestPlain || partial.Zeros == count);
    }

    // An address past the end causes no fault, because the instruction is a hint, but it wastes bandwidth: the distance is a fortieth of the mean tensor of ResNet-50.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* round, int bytes, byte* last)
    {
        if (Sse.IsSupported)
        {
            byte* ahead = round + PrefetchBytes;
            ahead = ahead < last ? ahead : last;
            Sse.Prefetch1(ahead);
            if (bytes > LineBytes)
            {
                Sse.Prefetch1(ahead + LineBytes);
            }
        }
    }
}
