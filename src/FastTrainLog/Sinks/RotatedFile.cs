namespace FastTrainLog.Sinks;

/// <summary>A rotated file that was found in a log directory.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Of">The path of the file that it was rotated out of.</param>
/// <param name="Log">Which of the directory's logs wrote it: 1 <c>main.log.1</c>, 2 <c>main.2.log.1</c>.</param>
/// <param name="Number">Its number, the higher the older.</param>
/// <param name="Written">The time of its last line, in UTC.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record RotatedFile(string Path, string Of, int Log, int Number, DateTime Written, long Length)
{
    /// <summary>Gets whether no rotation has given its name to another one since it was found.</summary>
    public bool IsUnchanged => File.Exists(Path) && File.GetLastWriteTimeUtc(Path) == Written;

    /// <summary>Deletes the file, unless a rotation has given its name to another one since it was found.</summary>
    /// <returns>Whether it was deleted.</returns>
    public bool DeleteUnlessChanged()
    {
        if (!IsUnchanged)
        {
            return false;
        }

        File.Delete(Path);
        return true;
    }
}
