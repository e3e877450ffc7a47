using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Runs;

/// <summary>Finds the runs of all logs below a directory, through the logs' indexes.</summary>
internal static class RunFinder
{
    /// <summary>Finds the runs, in the order of their start; those of several ranks as one.</summary>
    /// <param name="root">The directory.</param>
    /// <param name="isRoot">Whether to include logs below it if it has one itself; if not, only the ranks there that belong to its runs.</param>
    /// <param name="error">Receives the names of logs that cannot be read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ToolException">There is no such directory.</exception>
    public static List<FoundRun> Find(string root, bool isRoot, TextWriter error, CancellationToken cancellation)
    {
        if (!Directory.Exists(root))
        {
            throw new ToolException($"There is no directory '{root}'.");
        }

        List<FoundProcess> found = Read(isRoot ? LogDirectories.AtAndBelow(root) : RunMembership.LogsOf(root), error, cancellation);
        IReadOnlyList<IReadOnlyList<FoundProcess>> runs = RunMembership.Group(found);
        if (!isRoot && LogDirectories.IsOne(root) && runs.Any(ranks => RunMembership.IsIncomplete([.. ranks.Select(rank => rank.Figures)])))
        {
            HashSet<string?> known = [.. found.Where(process => process.Figures.Rank is not null).Select(process => process.Figures.Id)];
            found.AddRange(Read([.. LogDirectories.AtAndBelow(root).Where(directory => directory != root)], error, cancellation).Where(process => process.Figures.Rank is not null && known.Contains(process.Figures.Id)));
            runs = RunMembership.Group(found);
        }

        return [.. runs.Select(ranks => new FoundRun(CommonDirectory(root, ranks), MergedFigures.Of([.. ranks.Select(rank => rank.Figures)]), ranks)).OrderBy(run => run.Figures.Started)];
    }

    private static List<FoundProcess> Read(IReadOnlyList<string> directories, TextWriter error, CancellationToken cancellation)
    {
        var found = new IReadOnlyList<RunFigures>[directories.Count];
        Parallel.For(0, directories.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            try
            {
                found[i] = LogRuns.Read(directories[i], progress: null, cancellation);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LogNotFoundException)
            {
                found[i] = [];
                lock (error)
                {
                    error.WriteLine(ShownText.Of($"{directories[i]}: {exception.Message}"));
                }
            }
        });
        return [.. directories.SelectMany((directory, i) => found[i].Where(run => run.Id is not null).Select(run => new FoundProcess(directory, run)))];
    }

    private static string CommonDirectory(string root, IReadOnlyList<FoundProcess> ranks)
    {
        string common = Path.GetRelativePath(root, ranks[0].Directory);
        while (!ranks.All(rank => common is "." or "" || Path.GetRelativePath(root, rank.Directory) is var path && (path == common || path.StartsWith(common + Path.DirectorySeparatorChar, StringComparison.Ordinal))))
        {
            common = Path.GetDirectoryName(common) ?? string.Empty;
        }

        return common.Length == 0 ? "." : common;
    }
}
