namespace FastTrainLog.Journals;

/// <summary>A journal that a dead process left and nobody has recovered yet.</summary>
/// <param name="Path">The journal.</param>
/// <param name="Directory">The log directory that it belongs to; empty where it cannot be read.</param>
/// <param name="ProcessId">The process that left it; 0 where it cannot be read.</param>
/// <param name="Records">The number of records that are not in the files yet.</param>
/// <param name="Files">The files that the process wrote.</param>
/// <param name="Problems">What of it cannot be read, and why.</param>
internal sealed record PendingJournal(string Path, string Directory, int ProcessId, long Records, IReadOnlyCollection<string> Files, IReadOnlyList<string> Problems);
