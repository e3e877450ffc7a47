namespace FastTrainLog.Files;

/// <summary>Distinguishes a file from every other one that was ever in its directory: by its number in the file system and its creation time.</summary>
/// <remarks>
/// Numbers are reused once a file is gone; the time distinguishes these, if the file system keeps it (0 if it does not). The device is not
/// part of it: its number differs on another machine, and after a reboot. The identity is meaningful within one directory only.
/// </remarks>
/// <param name="Number">The inode's number; 0 if the system has none.</param>
/// <param name="Birth">When the file was created, in nanoseconds since 1970; 0 if that is not kept.</param>
internal readonly record struct FileIdentity(ulong Number, long Birth)
{
    /// <summary>Gets the identity of no file.</summary>
    public static FileIdentity None => default;
}
