using FastTrainLog.Platform;

namespace FastTrainLog.Sinks;

/// <summary>A log that had not ended, and whose journal was not to be found, when another took its names over.</summary>
/// <param name="Log">The log.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Machine">Where that ran.</param>
internal sealed record LeftLog(Guid Log, int ProcessId, Machine Machine);
