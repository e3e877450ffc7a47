namespace FastTrainLog.Analysis;

/// <summary>A checkpoint as it was logged.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Step">The step.</param>
/// <param name="Loss">The loss that it is known by.</param>
/// <param name="Path">The file.</param>
/// <param name="SizeBytes">Its bytes, or null.</param>
/// <param name="Outcome"><c>saved</c>, <c>flagged</c> or <c>refused</c>.</param>
public sealed record CheckpointFigures(DateTime Time, long Step, double Loss, string Path, long? SizeBytes, string Outcome);
