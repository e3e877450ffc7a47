namespace FastTrainLog.Files;

/// <summary>The status of a file, as the system reports it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Owner">The user that it belongs to; 0 if the system has no such numbers.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="Links">How many names it has; 0 once all are deleted.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Identity">Which file it is.</param>
/// <param name="Device">The device that it is on; 0 if the system has no such numbers.</param>
internal readonly record struct FileStatus(FileKind Kind, uint Owner, UnixFileMode Mode, uint Links, long Length, FileIdentity Identity, ulong Device = 0)
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Gets whether only the user that this process runs as owns and can access it.</summary>
    public bool IsPrivate => Owner == FileSystem.User && (Mode & Others) == 0;

    /// <summary>Returns whether two files that exist now are one: two of one length, or a link in place of a file, are distinguished.</summary>
    /// <remarks>Where files have no numbers, by the time at which they were made and their length.</remarks>
    public bool IsSameFile(FileStatus other) => Identity == other.Identity && Device == other.Device && (Identity.Number != 0 || Length == other.Length);
}
