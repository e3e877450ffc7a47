namespace FastTrainLog.Gradients;

/// <summary>The saved history of an adaptive limit: the fields of its kind; the others are null.</summary>
internal sealed record LimitState
{
    /// <summary>Gets the kind of limit, as returned by <see cref="KindOf"/>.</summary>
    public string Kind { get; init; } = "None";

    /// <summary>Gets the number of finite steps in the history; for AutoClip, those that are still in it.</summary>
    public long Seen { get; init; }

    /// <summary>Gets AutoClip's norms, the oldest first.</summary>
    public double[]? Norms { get; init; }

    /// <summary>Gets ZClip's mean.</summary>
    public double? Mean { get; init; }

    /// <summary>Gets ZClip's variance.</summary>
    public double? Variance { get; init; }

    /// <summary>Gets the sum of squared distances from the mean from which ZClip computes its first variance.</summary>
    public double? WarmupSquares { get; init; }

    /// <summary>Gets the names of AdaGC's layers.</summary>
    public string[]? Layers { get; init; }

    /// <summary>Gets the averages of AdaGC's layers, 0 for a layer that has had no gradient.</summary>
    public double[]? Averages { get; init; }

    /// <summary>Returns the name of a kind of limit.</summary>
    public static string KindOf(GradientLimit limit) => limit switch
    {
        L2NormLimit => "L2Norm",
        InfinityNormLimit => "InfinityNorm",
        ValueLimit => "Value",
        AutoClipLimit => "AutoClip",
        ZClipLimit => "ZClip",
        AdaGCLimit => "AdaGC",
        _ => "None",
    };

    public static bool IsMagnitude(double value) => value >= 0.0 && double.IsFinite(value);

    /// <summary>Returns a description of the first value that no clipper can have saved, or null if the state is valid.</summary>
    public string? FirstFault() => Kind switch
    {
        _ when Seen < 0 => $"{Seen} steps seen",
        "AutoClip" when Norms is null || Norms.Length > AutoClipLimit.MaximumHistory || !Array.TrueForAll(Norms, IsMagnitude) => "the norms of AutoClip",
        "ZClip" when !(IsMagnitude(Mean ?? -1.0) && IsMagnitude(Variance ?? -1.0) && IsMagnitude(WarmupSquares ?? -1.0)) => "mean and variance of ZClip",
        "AdaGC" when Layers is null || Averages is null || Layers.Length != Averages.Length || !Array.TrueForAll(Averages, IsMagnitude)
            || Array.Exists(Layers, name => name is null) => "the layers of AdaGC",
        _ => null,
    };
}
