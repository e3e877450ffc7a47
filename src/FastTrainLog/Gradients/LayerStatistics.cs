namespace FastTrainLog.Gradients;

/// <summary>The statistics of one gradient buffer in one step.</summary>
public readonly record struct LayerStatistics
{
    /// <summary>Gets the layer's name.</summary>
    public string Name { get; init; }

    /// <summary>Gets the number of elements.</summary>
    public long ElementCount { get; init; }

    /// <summary>Gets the L2 norm of the finite elements, before clipping and with the loss scale divided out.</summary>
    public double Norm { get; init; }

    /// <summary>Gets the largest magnitude among the finite elements, before clipping and with the loss scale divided out.</summary>
    public double AbsoluteMaximum { get; init; }

    /// <summary>Gets the number of NaN elements.</summary>
    public long NaNCount { get; init; }

    /// <summary>Gets the number of infinite elements.</summary>
    public long InfinityCount { get; init; }

    /// <summary>Gets the number of elements equal to zero.</summary>
    public long ZeroCount { get; init; }

    /// <summary>Gets the factor by which the limit scaled this layer, 1 when it did not; the loss scale is not part of it.</summary>
    public double Coefficient { get; init; }

    /// <summary>Gets the factor by which the limit scales this layer, of which <see cref="Coefficient"/> is the nearest double.</summary>
    internal ScaleFactor Scale { get; init; }

    /// <summary>Gets the element type.</summary>
    internal GradientType Type { get; init; }

    /// <summary>Gets the largest magnitude among the finite elements as stored, including the loss scale.</summary>
    internal double LargestElement { get; init; }

    /// <summary>Gets the number of NaN and infinite elements.</summary>
    public long NonFiniteCount => NaNCount + InfinityCount;

    /// <summary>Describes a layer that has been read but not clipped yet.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="read">What was read.</param>
    /// <param name="inverseScale">The factor on the magnitudes.</param>
    /// <returns>The statistics.</returns>
    internal static LayerStatistics Of(string name, GradientType type, in Partial read, double inverseScale) => new()
    {
        Name = name,
        ElementCount = read.Elements,
        Norm = read.Norm(inverseScale),
        AbsoluteMaximum = read.Largest(inverseScale),
        NaNCount = read.NaNs,
        InfinityCount = read.Infinities,
        ZeroCount = read.Zeros,
        Coefficient = 1.0,
        Scale = ScaleFactor.One,
        Type = type,
        LargestElement = read.AbsoluteMaximum,
    };

    /// <summary>Returns the statistics with the limit's factor.</summary>
    internal LayerStatistics ScaledBy(ScaleFactor factor) => this with { Scale = factor, Coefficient = factor.Nearest };

    /// <summary>Gets whether the largest element becomes infinite when the layer is written back.</summary>
    internal bool Overflows(double inverseScale, double clampAt)
    {
        ScaleFactor factor = Scale * inverseScale;

        // In float32 as in the write pass, so that both agree to the last bit.
        double written = Type == GradientType.Float64 || !factor.IsPlain || !float.IsNormal((float)factor.Value)
            ? factor.Times(LargestElement)
            : (float)LargestElement * (float)factor.Value;
        return ElementRange.Overflows(Math.Min(written, clampAt), Type);
    }
}
