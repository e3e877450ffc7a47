using FastTrainLog.Files;

namespace FastTrainLog.Sinks;

/// <summary>Identifies a log directory: a random number in the name of a hidden file in it, the same for every path to the directory.</summary>
/// <remarks>In the name, because an empty file can be created on a full disk too, and exists completely or not at all.</remarks>
internal static class LogDirectoryMark
{
    private const string Prefix = ".fasttrainlog.id.";

    /// <summary>Returns a directory's number; null if it has none.</summary>
    public static Guid? TryRead(OpenDirectory directory)
    {
        try
        {
            foreach (string name in directory.Names(Prefix, string.Empty))
            {
                if (Guid.TryParseExact(name.AsSpan(Prefix.Length), "N", out Guid number) && directory.StatusOf(name) is { Kind: FileKind.Regular })
                {
                    return number;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It may not be readable.
        }

        return null;
    }

    /// <summary>Returns a directory's number, assigning one if it has none.</summary>
    /// <param name="directory">The directory; one process of a user at a time may call this.</param>
    /// <param name="number">The number to assign if this directory replaces one that was deleted; null for a new one.</param>
    /// <exception cref="IOException">It has none, and none can be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It has none, and none may be created.</exception>
    public static Guid ReadOrMake(OpenDirectory directory, Guid? number = null)
    {
        if (TryRead(directory) is { } found)
        {
            return found;
        }

        Guid made = number ?? Guid.NewGuid();
        directory.CreateLocked($"{Prefix}{made:N}", mayBeReadByOthers: true).Dispose();
        return made;
    }
}
