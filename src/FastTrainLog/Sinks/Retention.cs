namespace FastTrainLog.Sinks;

/// <summary>Deletes a log directory's rotated files that are too old, and the oldest of those that are too much together.</summary>
/// <remarks>
/// It deletes what has a name that a log gives to its rotated files, and was written by this log or by one whose process is gone: a log
/// that lives looks after its own.
/// </remarks>
internal sealed class Retention(string directory, LogFileNames names, LogDirectoryClaim claim, TimeSpan maxAge, long maxTotalSize, TimeProvider time)
{
    /// <summary>Deletes what has to go.</summary>
    /// <param name="own">The rotated files of this log.</param>
    /// <returns>How many files were deleted, and their bytes.</returns>
    public (int Files, long Bytes) Apply(IReadOnlyList<RotatedFiles> own)
    {
        var claims = new Dictionary<int, LogDirectoryClaim?>();
        try
        {
            List<RotatedFile> files = [.. names.RotatedIn(directory).Where(file => MayDelete(file.Log, claims)).OrderByDescending(file => file.Written).ThenBy(file => file.Number)];
            DateTime oldest = maxAge == TimeSpan.Zero ? DateTime.MinValue : time.GetUtcNow().UtcDateTime - maxAge;
            (int Files, long Bytes) deleted = (0, 0);
            long total = 0;
            foreach (RotatedFile file in files)
            {
                total += file.Length;
                bool goes = file.Written < oldest || (maxTotalSize > 0 && total > maxTotalSize);
                if (goes && Delete(file, own))
                {
                    deleted = (deleted.Files + 1, deleted.Bytes + file.Length);
                }
            }

            return deleted;
        }
        finally
        {
            foreach (LogDirectoryClaim? other in claims.Values)
            {
                other?.Dispose();
            }
        }
    }

    private static bool Delete(RotatedFile file, IReadOnlyList<RotatedFiles> own) =>
        own.FirstOrDefault(files => files.Path == file.Of) is { } rotated ? rotated.Delete(file) : file.DeleteUnlessChanged();

    private bool MayDelete(int log, Dictionary<int, LogDirectoryClaim?> claims)
    {
        if (log == claim.Number)
        {
            return true;
        }

        if (!claims.TryGetValue(log, out LogDirectoryClaim? other))
        {
            // Held while its files are deleted, so that no log that begins meanwhile takes the number.
            other = LogDirectoryClaim.TryTake(directory, log);
            claims.Add(log, other);
        }

        return other is not null;
    }
}
