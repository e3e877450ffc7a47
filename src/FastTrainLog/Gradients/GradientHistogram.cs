namespace FastTrainLog.Gradients;

/// <summary>The bins of a histogram of gradient magnitudes: one for each power of two. Zeros and non-finite elements are not counted.</summary>
/// <remarks>
/// The exponents show the relevant distribution of the gradients: how many are below 2^-24, the smallest float16, or
/// below 2^-14, its smallest normal number, and would be lost or blurred without loss scaling (Micikevicius et al., "Mixed Precision
/// Training", ICLR 2018).
/// </remarks>
public static class GradientHistogram
{
    /// <summary>The number of bins.</summary>
    public const int Bins = 64;

    /// <summary>The exponent of two at which the second bin begins; the first contains all smaller magnitudes except zero.</summary>
    public const int LowestExponent = -47;

    private static readonly string[] Names = [.. Enumerable.Range(0, Bins).Select(bin => bin == 0 ? $"<2^{LowestExponent}" : $"2^{bin - 1 + LowestExponent}")];

    /// <summary>Returns the magnitude at which a bin begins: 0 for the first, then 2^-47, 2^-46 and so on; the last has no end.</summary>
    /// <param name="bin">The bin, 0 to <see cref="Bins"/> − 1.</param>
    /// <returns>The smallest magnitude in the bin.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bin.</exception>
    public static double LowerBound(int bin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bin, Bins);
        return bin == 0 ? 0.0 : Math.ScaleB(1.0, bin - 1 + LowestExponent);
    }

    /// <summary>Returns the name of a bin in the log: <c>&lt;2^-47</c> for the first, then the magnitude at which it begins, such as <c>2^-12</c>.</summary>
    /// <param name="bin">The bin, 0 to <see cref="Bins"/> − 1.</param>
    /// <returns>The name.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bin.</exception>
    public static string NameOf(int bin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bin, Bins);
        return Names[bin];
    }
}
