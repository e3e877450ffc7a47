using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Prune;

/// <summary>What of a directory's log files may go, and what goes.</summary>
/// <param name="Deleted">The files that go, the oldest first.</param>
/// <param name="Kept">The files that may go and stay.</param>
internal sealed record PrunePlan(IReadOnlyList<FoundFile> Deleted, IReadOnlyList<FoundFile> Kept)
{
    public long DeletedBytes => Deleted.Sum(file => file.Length);

    /// <summary>Chooses files: of those that may go, what any of the limits asks for.</summary>
    /// <param name="files">The files that may go.</param>
    /// <param name="others">The bytes of the files that may not, which count towards the total.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="now">The time in UTC.</param>
    public static PrunePlan Make(IReadOnlyList<FoundFile> files, long others, PruneLimits limits, DateTime now)
    {
        var deleted = new HashSet<FoundFile>();
        if (limits.KeepDays is { } days)
        {
            deleted.UnionWith(files.Where(file => file.LastWrite < now - TimeSpan.FromDays(days)));
        }

        if (limits.Keep is { } keep)
        {
            foreach (IGrouping<string, FoundFile> group in files.Where(file => file.IsBackup).GroupBy(file => Path.Combine(Path.GetDirectoryName(file.Path)!, file.Name)))
            {
                deleted.UnionWith(group.OrderBy(file => file.Backup).Skip(keep));
            }
        }

        // The oldest go first: rotated files ahead of those that are written, then by their last line.
        FoundFile[] byAge = [.. files.OrderBy(file => file.LastWrite).ThenByDescending(file => file.Backup)];
        if (limits.MaxTotalSize is { } most)
        {
            long total = others + files.Where(file => !deleted.Contains(file)).Sum(file => file.Length);
            foreach (FoundFile file in byAge.Where(file => !deleted.Contains(file)))
            {
                if (total <= most)
                {
                    break;
                }

                deleted.Add(file);
                total -= file.Length;
            }
        }

        return new PrunePlan([.. byAge.Where(deleted.Contains)], [.. byAge.Where(file => !deleted.Contains(file))]);
    }
}
