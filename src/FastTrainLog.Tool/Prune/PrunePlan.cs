using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Prune;

/// <summary>Which log files of a directory may be deleted, and which are.</summary>
/// <param name="Deleted">The files to delete, the oldest first.</param>
/// <param name="Kept">The files that may go and stay.</param>
internal sealed record PrunePlan(IReadOnlyList<FoundFile> Deleted, IReadOnlyList<FoundFile> Kept)
{
    public long DeletedBytes => Deleted.Sum(file => file.Length);

    /// <summary>Chooses files to delete: of those that may be deleted, all that exceed any of the limits.</summary>
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

        // The oldest are deleted first: rotated files before current ones, then by their last line.
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
