using FastTrainLog.Journals;

namespace FastTrainLog;

/// <summary>What was recovered from a process that ended without closing its log.</summary>
/// <param name="Path">The journal that it left.</param>
/// <param name="ProcessId">The process's identifier, 0 if the journal could not be read.</param>
/// <param name="Records">The number of records that were written to the log files now.</param>
/// <param name="Problems">What could not be read, and why; empty if all of it could.</param>
public sealed record RecoveredJournal(string Path, int ProcessId, long Records, IReadOnlyList<string> Problems)
{
    /// <summary>Gets the runs that were in progress.</summary>
    internal IReadOnlyList<KilledRun> Runs { get; init; } = [];

    /// <summary>Gets the header of a journal that stays, since its records could not be written yet; null for any other.</summary>
    internal JournalHeader? Kept { get; init; }
}
