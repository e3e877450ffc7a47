namespace FastTrainLog.Analysis;

/// <summary>What samples of a GPU tell of it.</summary>
/// <param name="Device">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="UsedBytes">The bytes of its memory in use by seconds of the run; null where they are not known.</param>
/// <param name="Utilization">How busy it was, in percent, by seconds of the run; null where that is not known.</param>
public sealed record GpuFigures(long Device, string Name, ValueFigures? UsedBytes, ValueFigures? Utilization);
