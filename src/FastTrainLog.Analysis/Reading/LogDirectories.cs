namespace FastTrainLog.Reading;

/// <summary>Finds log directories.</summary>
internal static class LogDirectories
{
    /// <summary>Returns whether a directory itself contains a log.</summary>
    public static bool IsOne(string directory) => LogFile.Find(directory).Count > 0;

    /// <summary>Returns the log directories at a directory and below it, at any depth, in the order of their paths.</summary>
    /// <remarks>Hidden directories are omitted, and so are links, which may be circular.</remarks>
    public static IReadOnlyList<string> AtAndBelow(string root)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden, IgnoreInaccessible = true };
        return [.. Directory.EnumerateDirectories(root, "*", options).Order(StringComparer.Ordinal).Prepend(root).Where(IsLog)];
    }

    // A directory may be deleted while its parent is enumerated.
    private static bool IsLog(string directory)
    {
        try
        {
            return IsOne(directory);
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
