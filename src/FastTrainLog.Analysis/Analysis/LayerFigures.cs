namespace FastTrainLog.Analysis;

/// <summary>The numerical issues of a layer or an operation.</summary>
/// <param name="Location">The layer or the operation.</param>
/// <param name="Type">The kind of issue.</param>
/// <param name="Count">The number of issues.</param>
/// <param name="NaNCount">The number of NaN elements in all of them.</param>
/// <param name="InfinityCount">The number of infinite elements in all of them.</param>
/// <param name="WorstSeverity">The worst severity.</param>
/// <param name="FirstStep">The step of the first, or null.</param>
/// <param name="LastStep">The step of the last, or null.</param>
public sealed record LayerFigures(string Location, string Type, long Count, long NaNCount, long InfinityCount, string WorstSeverity, long? FirstStep, long? LastStep);
