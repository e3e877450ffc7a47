namespace FastTrainLog.Recovery;

/// <summary>A journal that a killed process left and that is not recovered yet.</summary>
/// <param name="Path">The journal.</param>
/// <param name="Directory">The log directory that it belongs to; empty if it cannot be read.</param>
/// <param name="ProcessId">The process that left it; 0 if it cannot be read.</param>
/// <param name="Length">The size of the journal in bytes; 0 if it cannot be opened.</param>
/// <param name="Records">The number of records that are not in the files yet.</param>
/// <param name="Problems">The parts that cannot be read, and why.</param>
internal sealed record PendingJournal(string Path, string Directory, int ProcessId, long Length, long Records, IReadOnlyList<string> Problems)
{
    /// <summary>Gets the names that the first log of a directory gives to the files that the process wrote.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}
