using FastTrainLog.Analysis.Reports;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks whether rotated files are numbered without gaps and are not too many, and no file is too large.</summary>
internal static class RotationCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        TrainLogOptions options = state.Options;
        int troubles = 0;
        foreach (IGrouping<string, FoundFile> group in state.Files.GroupBy(file => file.Name))
        {
            int[] backups = [.. group.Where(file => file.IsBackup).Select(file => file.Backup).Distinct()];
            // Those that keep their names are numbered from the highest number downwards.
            int[] kept = [.. backups.Where(RotatedFiles.IsKept)];
            int[] moved = [.. backups.Except(kept)];
            int[] missing =
            [
                .. Enumerable.Range(1, moved.DefaultIfEmpty().Max()).Except(moved),
                .. kept.Length == 0 ? [] : Enumerable.Range(kept.Min(), kept.Max() - kept.Min()).Except(kept),
            ];
            if (missing.Length > 0)
            {
                troubles++;
                yield return Finding.Warning(
                    $"{group.Key} has rotated files up to {group.Key}.{backups.Max()}, but not {group.Key}.{Ranges(missing)}",
                    "they were deleted or moved, or the disk ran full during a rotation; their content is lost, and the log continues");
            }

            if (options.BackupCountOf(group.Key) is var count && backups.Length > count)
            {
                troubles++;
                yield return Finding.Warning(
                    $"{group.Key} has {backups.Length} rotated files, and TrainLogOptions.BackupCount is {count}",
                    $"fasttrainlog prune '{state.Path}' --keep {count}, if they remain from other settings");
            }

            if (group.FirstOrDefault(file => !file.IsBackup) is { } current && options.MaxFileSize > 0 && current.Length > options.MaxFileSize)
            {
                troubles++;
                yield return Finding.Warning(
                    $"{current.Path} has {FigureText.Bytes(current.Length)}, more than TrainLogOptions.MaxFileSize ({FigureText.Bytes(options.MaxFileSize)})",
                    "nothing if the run had another MaxFileSize; else make the directory writable, for a rotation renames files there");
            }
        }

        if (troubles == 0)
        {
            long total = state.Files.Sum(file => file.Length);
            yield return Finding.Ok($"{state.Files.Count(file => !file.IsBackup)} files and {state.Files.Count(file => file.IsBackup)} rotated ones, {FigureText.Bytes(total)}, without a gap");
        }
    }

    // Formats 1,2,3,7 as 1-3,7.
    private static string Ranges(int[] numbers)
    {
        var parts = new List<string>();
        for (int i = 0; i < numbers.Length;)
        {
            int last = i;
            while (last + 1 < numbers.Length && numbers[last + 1] == numbers[last] + 1)
            {
                last++;
            }

            parts.Add(last == i ? $"{numbers[i]}" : $"{numbers[i]}-{numbers[last]}");
            i = last + 1;
        }

        return string.Join(',', parts);
    }
}
