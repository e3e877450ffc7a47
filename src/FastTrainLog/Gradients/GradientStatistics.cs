namespace FastTrainLog.Gradients;

/// <summary>The statistics of all gradients of one step, and the action taken.</summary>
/// <remarks>
/// All magnitudes are those before clipping, with the loss scale divided out. Norm and maximum are taken over the finite elements, so
/// they are themselves finite on every step; <see cref="NonFiniteCount"/> shows whether there were others.
/// </remarks>
public readonly record struct GradientStatistics
{
    /// <summary>Gets the training step that the gradients belong to.</summary>
    public long Step { get; init; }

    /// <summary>Gets the number of gradient buffers.</summary>
    public int LayerCount { get; init; }

    /// <summary>Gets the number of elements in all buffers.</summary>
    public long ElementCount { get; init; }

    /// <summary>Gets the L2 norm over the finite elements of all buffers.</summary>
    public double Norm { get; init; }

    /// <summary>Gets the largest magnitude among the finite elements, the infinity norm.</summary>
    public double AbsoluteMaximum { get; init; }

    /// <summary>Gets the number of NaN elements.</summary>
    public long NaNCount { get; init; }

    /// <summary>Gets the number of infinite elements.</summary>
    public long InfinityCount { get; init; }

    /// <summary>Gets the number of elements equal to zero.</summary>
    public long ZeroCount { get; init; }

    /// <summary>
    /// Gets the limit that was in force at this step, positive infinity when there was none: the fixed maximum, or the one that an
    /// adaptive limit decided. For AdaGC after its warm-up, where each layer has its own, it is positive infinity.
    /// </summary>
    public double Threshold { get; init; }

    /// <summary>
    /// Gets the factor by which the limit scaled the gradients, 1 when it did not and 0 for a skipped step; the loss scale is not part
    /// of it, and one too small for a double is reported as the smallest above 0. For a limit by layer it is the smallest factor of all layers; for a limit by value it stays 1.
    /// </summary>
    public double Coefficient { get; init; }

    /// <summary>Gets what was done to the gradients.</summary>
    public GradientAction Action { get; init; }

    /// <summary>Gets the position in the list of the first buffer with a non-finite element or one that overflowed, or −1.</summary>
    public int FirstNonFiniteIndex { get; init; }

    /// <summary>Gets the name of that first buffer, or null.</summary>
    public string? FirstNonFinite { get; init; }

    /// <summary>Gets the number of elements of that first buffer, or 0.</summary>
    public long FirstNonFiniteElementCount { get; init; }

    /// <summary>Gets the number of NaN elements of that first buffer.</summary>
    public long FirstNonFiniteNaNCount { get; init; }

    /// <summary>Gets the number of infinite elements of that first buffer.</summary>
    public long FirstNonFiniteInfinityCount { get; init; }

    /// <summary>Gets the stability score after this step, 0 to 1; docs/gradients.md has the formula.</summary>
    public double StabilityScore { get; init; }

    /// <summary>Gets the share of steps so far, including this one, in which the limit was exceeded: 0 to 1.</summary>
    public double ClippingRatio { get; init; }

    /// <summary>Gets the number of NaN and infinite elements.</summary>
    public long NonFiniteCount => NaNCount + InfinityCount;

    /// <summary>Gets the share of elements that are NaN or infinite: 0 to 1.</summary>
    public double NonFiniteShare => ElementCount == 0 ? 0.0 : (double)NonFiniteCount / ElementCount;

    /// <summary>
    /// Gets a value indicating whether the step contained a NaN or an infinity, or would once its loss scale is divided out. The name is that of loss
    /// scalers.
    /// </summary>
    public bool FoundInf => NonFiniteCount != 0 || Overflowed;

    /// <summary>Gets a value indicating whether a finite element exceeds its type's range once the loss scale is divided out.</summary>
    public bool Overflowed => (Action & GradientAction.Overflowed) != 0;

    /// <summary>Gets a value indicating whether the limit was exceeded and the gradients were clipped.</summary>
    public bool Clipped => (Action & GradientAction.Clipped) != 0;

    /// <summary>
    /// Gets the recovery action in the log's vocabulary: <c>gradient_zeroing</c>, <c>non_finite_to_zero</c>, <c>reported</c>,
    /// <c>gradient_clipping</c> or <c>none</c>, the most severe that applies.
    /// </summary>
    public string RecoveryAction => Action switch
    {
        _ when (Action & GradientAction.Skipped) != 0 => "gradient_zeroing",
        _ when (Action & GradientAction.Sanitized) != 0 => "non_finite_to_zero",
        _ when (Action & GradientAction.Reported) != 0 => "reported",
        _ when (Action & GradientAction.Clipped) != 0 => "gradient_clipping",
        _ => "none",
    };

    /// <summary>Gets a value indicating whether the run that follows the clipper has already logged the step, although it was measured immediately.</summary>
    internal bool IsLogged { get; init; }

    /// <summary>Describes a step that has been issued to a device and not measured yet.</summary>
    internal static GradientStatistics PendingFor(int layers, long elements, long step) => new()
    {
        Step = step,
        LayerCount = layers,
        ElementCount = elements,
        Norm = double.NaN,
        AbsoluteMaximum = double.NaN,
        Threshold = double.NaN,
        Coefficient = double.NaN,
        Action = GradientAction.Pending,
        FirstNonFiniteIndex = -1,
        StabilityScore = double.NaN,
        ClippingRatio = double.NaN,
    };
}
