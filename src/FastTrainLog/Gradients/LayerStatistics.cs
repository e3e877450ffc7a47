namespace FastTrainLog.Gradients;

/// <summary>What was measured on one gradient buffer in one step.</summary>
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

    /// <summary>Gets the number of NaN and infinite elements.</summary>
    public long NonFiniteCount => NaNCount + InfinityCount;

    /// <summary>Describes a layer that has been read and not been clipped yet.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="read">What was read.</param>
    /// <param name="inverseScale">The factor on the magnitudes.</param>
    /// <returns>The statistics.</returns>
    internal static LayerStatistics Of(string name, in Partial read, double inverseScale) => new()
    {
        Name = name,
        ElementCount = read.Elements,
        Norm = read.Norm(inverseScale),
        AbsoluteMaximum = read.Largest(inverseScale),
        NaNCount = read.NaNs,
        InfinityCount = read.Infinities,
        ZeroCount = read.Zeros,
        Coefficient = 1.0,
    };
}
