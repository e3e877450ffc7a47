namespace FastTrainLog.Analysis;

/// <summary>The figures of a value over the steps.</summary>
/// <param name="Count">The number of logged values.</param>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="Minimum">The minimum of the finite ones; null if none is finite.</param>
/// <param name="MinimumStep">The step of the minimum.</param>
/// <param name="Maximum">The maximum of the finite ones; null if none is finite.</param>
/// <param name="MaximumStep">The step of the maximum.</param>
/// <param name="Mean">The mean of the finite ones; null if none is finite.</param>
/// <param name="NonFinite">The number that were NaN or infinite.</param>
/// <param name="Series">Its series by steps, in at most 512 points.</param>
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
