using FastTrainLog.Encryption;

namespace FastTrainLog.Sinks;

/// <summary>Deletes a log directory's rotated files that are too old, and the oldest if all together are too large; of some files only what does not last.</summary>
/// <remarks>
/// It deletes only files with names that a log uses for its rotated files, written by this log or by one whose process has ended: a running log
/// deletes its own. A file that a reader has not read (<see cref="LogReaderMark"/>) is kept beyond the limits: as many bytes again as the limit allows, and seven days longer.
/// </remarks>
/// <param name="directory">The log directory.</param>
/// <param name="names">The names of all files that may be deleted.</param>
/// <param name="lasting">Those whose lasting records are kept.</param>
/// <param name="claim">This log's claim on its names.</param>
/// <param name="maxAge">The age, by its last line, at which a file is deleted; zero for never.</param>
/// <param name="maxTotalSize">The total bytes above which files are deleted; 0 for no limit.</param>
/// <param name="key">The key with which what lasts is encrypted; null to leave that as it is.</param>
/// <param name="time">The clock.</param>
internal sealed class Retention(string directory, LogFileNames names, LogFileNames lasting, LogDirectoryClaim claim, TimeSpan maxAge, long maxTotalSize, BackupKey? key, TimeProvider time)
{
    /// <summary>Gets the total bytes above which files are deleted; 0 for no limit.</summary>
    public long MaxTotalSize => maxTotalSize;

    // A share of the limit. An index of a directory becomes invalid when a file of it changes, so many files are changed at a time.
    private long RoomAfterReduction => maxTotalSize - (maxTotalSize / 10);

    /// <summary>Deletes what has to go.</summary>
    /// <param name="own">The rotated files of this log.</param>
    /// <param name="isStopping">Whether to leave the rest for later.</param>
    public RetentionResult Apply(IReadOnlyList<RotatedFiles> own, Func<bool> isStopping)
    {
        var claims = new Dictionary<int, LogDirectoryClaim?>();
        try
        {
            RotatedFile[] files = [.. names.RotatedIn(directory).Where(file => MayDelete(file.Log, claims)).OrderBy(file => file.Written).ThenByDescending(file => file.Number)];
            var result = new RetentionResult(0, 0, 0, 0, files.Sum(file => file.Length));
            DateTime oldest = maxAge == TimeSpan.Zero ? DateTime.MinValue : time.GetUtcNow().UtcDateTime - maxAge;
            long total = result.TotalBytes;
            IReadOnlyList<LogReaderMark> readers = LogReaderMark.Find(directory, time.GetUtcNow().UtcDateTime);
            long kept = 0;
            foreach (RotatedFile file in files)
            {
                if (isStopping())
                {
                    break;
                }

                bool isOver = maxTotalSize > 0 && total > maxTotalSize;
                LogReaderMark[] behind = Lasts(file) && (isOver || file.Written < oldest) ? [.. readers.Where(reader => reader.IsBehind(file))] : [];
                if (behind.Length > 0 && (maxTotalSize == 0 || kept + file.Length <= maxTotalSize) && (oldest == DateTime.MinValue || file.Written >= oldest - LogReaderMark.Patience))
                {
                    kept += file.Length;
                    total -= file.Length;
                    continue;
                }

                if (file.Written < oldest || (isOver && (!Lasts(file) || TakesTooMuch(file))))
                {
                    if (FilesOf(file, own).Delete(file))
                    {
                        total -= file.Length;
                        result = result with { Deleted = result.Deleted + 1, DeletedBytes = result.DeletedBytes + file.Length };
                        result = NoteUnread(result, file, behind);
                        Array.ForEach(behind, reader => reader.TellLost(file));
                    }
                }
                else if (isOver || (result.Reduced > 0 && total > RoomAfterReduction && Lasts(file)))
                {
                    long? freed;
                    try
                    {
                        freed = FilesOf(file, own).Reduce(file, key, isStopping);
                    }
                    catch (InvalidDataException exception)
                    {
                        // It stays for who can mend it, or has the version that wrote it; the room is made by newer ones.
                        result = result with { Unreadable = result.Unreadable ?? $"{Path.GetFileName(file.Path)} cannot be read to its end: {exception.Message}" };
                        continue;
                    }

                    if (freed is { } bytes)
                    {
                        total -= bytes;
                        // What is left of it tells a reader how many records are missing.
                        result = NoteUnread(result with { Reduced = result.Reduced + 1, FreedBytes = result.FreedBytes + bytes }, file, behind);
                    }
                }
            }

            return result;
        }
        finally
        {
            foreach (LogDirectoryClaim? other in claims.Values)
            {
                other?.Dispose();
            }
        }
    }

    private static RetentionResult NoteUnread(RetentionResult result, RotatedFile file, LogReaderMark[] behind) =>
        behind.Length == 0 ? result : result with { Unread = result.Unread + 1, UnreadBytes = result.UnreadBytes + file.Length };

    private static RotatedFiles FilesOf(RotatedFile file, IReadOnlyList<RotatedFiles> own) =>
        own.FirstOrDefault(files => files.Path == file.Of) ?? new RotatedFiles(file.Of, RotatedFiles.Unlimited);

    // Lasting records are few; if not, they are deleted like steps.
    private bool TakesTooMuch(RotatedFile file) => file.Length > maxTotalSize / 2 && ReducedFile.Is(file.Path);

    private bool Lasts(RotatedFile file) => lasting.Holds(Path.GetFileName(file.Of));

    private bool MayDelete(int log, Dictionary<int, LogDirectoryClaim?> claims)
    {
        if (log == claim.Number)
        {
            return true;
        }

        if (!claims.TryGetValue(log, out LogDirectoryClaim? other))
        {
            // Held while its files are deleted, so that no log that starts meanwhile takes the number.
            other = LogDirectoryClaim.TryTake(directory, log);
            claims.Add(log, other);
        }

        return other is not null;
    }
}
