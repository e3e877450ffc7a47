namespace FastTrainLog.Shipping;

/// <summary>Where a run is after the lines of an object.</summary>
/// <param name="Run">The run.</param>
/// <param name="LastStep">The step of its last step record so far; null if there is none.</param>
/// <param name="IsFirstOfSession">Whether a process has begun or resumed it since.</param>
internal sealed record S3RunPlace(string Run, long? LastStep, bool IsFirstOfSession);
