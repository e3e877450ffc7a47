namespace FastTrainLog;

/// <summary>What was recovered of a process that ended without closing its log.</summary>
/// <param name="Path">The journal that it left.</param>
/// <param name="ProcessId">The process's identifier, 0 where the journal could not be read.</param>
/// <param name="Records">The number of records that were written to the log files now.</param>
/// <param name="Problems">What could not be read, and why; empty where all of it could.</param>
public sealed record RecoveredJournal(string Path, int ProcessId, long Records, IReadOnlyList<string> Problems);
