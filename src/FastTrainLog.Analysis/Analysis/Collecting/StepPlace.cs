namespace FastTrainLog.Analysis.Collecting;

/// <summary>Where a run is after some of its records.</summary>
/// <param name="LastStep">The step of its last step record; null if there is none.</param>
/// <param name="IsFirstOfSession">Whether a process has begun or resumed it since.</param>
internal readonly record struct StepPlace(long? LastStep, bool IsFirstOfSession);
