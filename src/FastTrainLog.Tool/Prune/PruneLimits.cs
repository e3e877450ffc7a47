namespace FastTrainLog.Tool.Prune;

/// <summary>What is kept; null for no limit.</summary>
/// <param name="KeepDays">The days for which files are kept after their last line.</param>
/// <param name="MaxTotalSize">The bytes that all log files may have together.</param>
/// <param name="Keep">How many rotated files of each file are kept.</param>
internal sealed record PruneLimits(double? KeepDays, long? MaxTotalSize, int? Keep);
