namespace FastTrainLog.Sinks;

/// <summary>A failure of a file, which may be temporary, as opposed to an error of this library.</summary>
internal static class FileFailure
{
    // ENOSPC and EDQUOT as Linux and macOS number them, and what Windows calls a full disk and a full volume.
    private const int NoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Returns whether an exception means that a file cannot be opened, written or renamed.</summary>
    public static bool IsOne(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Returns whether it is a lack of space: on the disk, in the user's quota, or below the limit of a file's size.</summary>
    /// <remarks>All files of a directory share that failure, and it ends when space is freed.</remarks>
    public static bool IsForWantOfSpace(Exception exception) =>
        exception is FileTooLargeException || (exception is IOException && exception.HResult is NoSpace or LinuxQuota or MacQuota or WindowsDiskFull or WindowsHandleDiskFull);
}
