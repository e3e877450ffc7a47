using FastTrainLog.Records;

namespace FastTrainLog.Journals;

/// <summary>A run that was in progress when its process ended without closing its log.</summary>
/// <param name="Run">The run, with the step that it logged last.</param>
/// <param name="Started">When it began, in UTC.</param>
/// <param name="Last">When its process was last known to be alive, in UTC.</param>
/// <param name="Signal">The signal that came after the run's last step, or null.</param>
internal sealed record KilledRun(RunContext Run, DateTime Started, DateTime Last, string? Signal);
