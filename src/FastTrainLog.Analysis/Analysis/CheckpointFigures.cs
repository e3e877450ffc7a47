namespace FastTrainLog.Analysis;

/// <summary>A checkpoint, as logged.</summary>
/// <param name="Time">The time, in UTC.</param>
/// <param name="Step">The step.</param>
/// <param name="Loss">Its loss.</param>
/// <param name="Path">The file.</param>
/// <param name="SizeBytes">Its size in bytes, or null.</param>
/// <param name="Outcome"><c>saved</c>, <c>flagged</c> or <c>refused</c>.</param>
public sealed record CheckpointFigures(DateTime Time, long Step, double Loss, string Path, long? SizeBytes, string Outcome);
