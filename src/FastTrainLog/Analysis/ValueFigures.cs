namespace FastTrainLog.Analysis;

/// <summary>What became of a value from step to step.</summary>
/// <param name="Count">How often it was logged.</param>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="Minimum">The least finite one; null where none is finite.</param>
/// <param name="MinimumStep">Its step.</param>
/// <param name="Maximum">The greatest finite one; null where none is finite.</param>
/// <param name="MaximumStep">Its step.</param>
/// <param name="Mean">The mean of the finite ones; null where none is finite.</param>
/// <param name="NonFinite">How many were NaN or infinite.</param>
/// <param name="Series">Its course by steps, in at most 512 points.</param>
public sealed record ValueFigures(
    long Count,
    double First,
    double Last,
    double? Minimum,
    long? MinimumStep,
    double? Maximum,
    long? MaximumStep,
    double? Mean,
    long NonFinite,
    IReadOnlyList<SeriesPoint> Series);
