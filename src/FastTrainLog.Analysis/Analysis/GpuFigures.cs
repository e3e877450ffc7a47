namespace FastTrainLog.Analysis;

/// <summary>The samples of a GPU.</summary>
/// <param name="Device">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="UsedBytes">The used memory in bytes over the seconds of the run; null if it is unknown.</param>
/// <param name="Utilization">The utilisation in percent over the seconds of the run; null if it is unknown.</param>
public sealed record GpuFigures(long Device, string Name, ValueFigures? UsedBytes, ValueFigures? Utilization);
