namespace FastTrainLog.Gradients;

/// <summary>The contribution of one chunk, or one layer, to the statistics; partials of a list are always added in the same order.</summary>
/// <remarks>
/// The squares of float32 and of the half types are exact in a double and cannot exceed its range. Those of a float64 can, so elements
/// beyond 2^±490 are scaled by a power of two before they are squared, and summed separately, as in Blue, "A Portable Fortran Program to
/// Find the Euclidean Norm of a Vector", ACM TOMS 4 (1978).
/// </remarks>
internal struct Partial
{
    public const double Huge = 3.196670515523576e147;   // 2^490
    public const double Tiny = 3.1282548362235952e-148; // 2^-490

    private static readonly double HugeScale = Math.ScaleB(1.0, -540);
    private static readonly double TinyScale = Math.ScaleB(1.0, 600);

    public double Squares;
    public double HugeSquares;
    public double TinySquares;
    public double AbsoluteMaximum;
    public long NaNs;
    public long Infinities;
    public long Zeros;
    public long Elements;

    public readonly bool Finite => (NaNs | Infinities) == 0;

    /// <summary>Describes finite elements by their maximum and the sum of their squares, each element divided by that maximum.</summary>
    public static Partial OfRelative(double maximum, double relativeSquares)
    {
        Partial partial = default;
        partial.AbsoluteMaximum = maximum;
        if (maximum > Huge)
        {
            partial.HugeSquares = relativeSquares * (maximum * HugeScale) * (maximum * HugeScale);
        }
        else if (maximum >= Tiny)
        {
            partial.Squares = relativeSquares * maximum * maximum;
        }
        else
        {
            partial.TinySquares = relativeSquares * (maximum * TinyScale) * (maximum * TinyScale);
        }

        return partial;
    }

    public void Add(in Partial other)
    {
        Squares += other.Squares;
        HugeSquares += other.HugeSquares;
        TinySquares += other.TinySquares;
        AbsoluteMaximum = Math.Max(AbsoluteMaximum, other.AbsoluteMaximum);
        NaNs += other.NaNs;
        Infinities += other.Infinities;
        Zeros += other.Zeros;
        Elements += other.Elements;
    }

    /// <summary>Adds one element.</summary>
    public void Add(double value)
    {
        double magnitude = Math.Abs(value);
        if (!(magnitude <= double.MaxValue))
        {
            if (double.IsNaN(value))
            {
                NaNs++;
            }
            else
            {
                Infinities++;
            }

            return;
        }

        AbsoluteMaximum = Math.Max(AbsoluteMaximum, magnitude);
        if (magnitude > Huge)
        {
            double scaled = magnitude * HugeScale;
            HugeSquares += scaled * scaled;
        }
        else if (magnitude >= Tiny)
        {
            Squares += magnitude * magnitude;
        }
        else if (magnitude == 0.0)
        {
            Zeros++;
        }
        else
        {
            double scaled = magnitude * TinyScale;
            TinySquares += scaled * scaled;
        }
    }

    /// <summary>Computes the L2 norm of the finite elements; the largest double if the norm exceeds its range.</summary>
    /// <param name="inverseScale">The factor on the magnitudes.</param>
    /// <returns>The norm, always finite.</returns>
    public readonly double Norm(double inverseScale) => Math.Min(Root() * inverseScale, double.MaxValue);

    /// <summary>Computes the largest finite magnitude; the largest double if it exceeds its range.</summary>
    /// <param name="inverseScale">The factor on the magnitudes.</param>
    /// <returns>The magnitude, always finite.</returns>
    public readonly double Largest(double inverseScale) => Math.Min(AbsoluteMaximum * inverseScale, double.MaxValue);

    private readonly double Root()
    {
        if (HugeSquares > 0.0)
        {
            return Math.Sqrt(HugeSquares + (Squares * HugeScale * HugeScale)) / HugeScale;
        }

        return Squares > 0.0
            ? Math.Sqrt(Squares + (TinySquares / TinyScale / TinyScale))
            : Math.Sqrt(TinySquares) / TinyScale;
    }
}
