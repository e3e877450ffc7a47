namespace FastTrainLog.Crash.Tests;

/// <summary>What was done to a file.</summary>
internal enum DiskChangeKind
{
    Create = 'c',
    Write = 'w',
    Truncate = 't',
    Rename = 'r',
    Unlink = 'u',
    Sync = 's',
}
