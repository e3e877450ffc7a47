using FastTrainLog.Reading;
using FastTrainLog.Tool.Commands;
using FastTrainLog.Tool.Queries;
using FastTrainLog.Tool.Rendering;

namespace FastTrainLog.Tool.Compare;

/// <summary>Finds the runs that a command line names: <c>DIR</c> for the latest in a log directory, <c>DIR#ID</c> for one of several.</summary>
internal static class RunReader
{
    /// <summary>Reads the runs.</summary>
    /// <param name="names">The names; one directory alone stands for all its runs.</param>
    /// <param name="error">Where progress is shown.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ToolException">A name names no run.</exception>
    public static List<ComparedRun> Read(IReadOnlyList<string> names, TextWriter error, CancellationToken cancellation)
    {
        var directories = new Dictionary<string, List<ComparedRun>>();
        var runs = new List<ComparedRun>();
        foreach (string name in names)
        {
            // A directory may have the sign in its name.
            int sign = Directory.Exists(name) ? -1 : name.LastIndexOf('#');
            string directory = Path.TrimEndingDirectorySeparator(sign < 0 ? name : name[..sign]);
            string id = sign < 0 ? string.Empty : name[(sign + 1)..];
            if (!directories.TryGetValue(directory, out List<ComparedRun>? all))
            {
                directories.Add(directory, all = ReadAll(directory, error, cancellation));
            }

            if (names.Count == 1 && sign < 0)
            {
                return all;
            }

            ComparedRun[] meant = [.. all.Where(run => run.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
            if (meant.Length == 0 || (meant.Length > 1 && sign >= 0))
            {
                throw new ToolException($"{directory} has {(meant.Length == 0 ? "no run" : "several runs")} that {(meant.Length == 0 ? "begins" : "begin")} with '{id}': it has {string.Join(", ", all.Select(run => run.Id))}.");
            }

            runs.Add(meant[^1]);
        }

        return runs;
    }

    private static List<ComparedRun> ReadAll(string directory, TextWriter error, CancellationToken cancellation)
    {
        LogDirectoryArgument.FindFiles(directory);
        using var reader = new LogReader(directory);
        using var progress = new ReadingProgress(error);
        long total = reader.TotalBytes;
        var tracker = new RunTracker();
        var runs = new Dictionary<string, ComparedRun>();
        for (long count = 0; reader.Read(); count++)
        {
            StoredRecord record = reader.Current;
            if (tracker.RunOf(record) is { } id)
            {
                if (!runs.TryGetValue(id, out ComparedRun? run))
                {
                    runs.Add(id, run = new ComparedRun(directory, id));
                }

                run.Add(record);
            }

            if (count % 256 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Show(reader.BytesRead, total);
            }
        }

        return runs.Count > 0 ? [.. runs.Values.OrderBy(run => run.Start)] : throw new ToolException($"The log in {directory} holds no run: no record of it is of a TrainingRun.");
    }
}
