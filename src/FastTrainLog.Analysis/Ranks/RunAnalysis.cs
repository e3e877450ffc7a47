using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Ranks;

/// <summary>Analyses a run with any number of processes as one, wherever their logs are.</summary>
public static class RunAnalysis
{
    /// <summary>Analyses a run through the indexes of its logs.</summary>
    /// <remarks>
    /// A run of several processes is shown as one: <see cref="LogAnalysis.Ranks"/> compares them, errors and numerical issues are those of all,
    /// series are the mean of the ranks between the least and the greatest of them, and performance and anomalies are those of the lowest rank.
    /// </remarks>
    /// <param name="path">A log directory, or a directory with log directories below it, at any depth. The ranks of a run may share one, or have one each.</param>
    /// <param name="run">The run's name, or its identifier, or a unique prefix of it; <c>ID/RANK</c> for one of its ranks; null for the run that started last.</param>
    /// <param name="rank">The rank to analyse alone, or null.</param>
    /// <param name="progress">Receives at intervals the number of bytes read of a log, and the total.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The analysis.</returns>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="LogNotFoundException">There is no log, no record, or none of the run or the rank.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static LogAnalysis Read(string path, string? run = null, int? rank = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> logs = RunMembership.LogsOf(path);
        if (logs.Count == 0)
        {
            throw new LogNotFoundException($"There is no log in '{path}' or below it: no directory has a file run.jsonl.");
        }

        if (logs.Count == 1 && rank is null)
        {
            LogAnalysis analysis = LogIndex.Read(logs[0], run, progress, cancellation);
            if (analysis.Run.Rank is null || (run is not null && RunMembership.NamesRank(run, new RunName(analysis.Run.Id, analysis.Run.Rank))))
            {
                return analysis;
            }
        }

        List<FoundProcess> found = FindAll(logs, progress, cancellation);
        RunName chosen = Choose(found, path, run);
        if (rank is not null)
        {
            chosen = chosen with { Rank = rank };
        }

        IReadOnlyList<FoundProcess> ranks = RanksOf(found, chosen);
        if (logs is [var own] && own == path && RunMembership.IsIncomplete([.. ranks.Select(process => process.Figures)]))
        {
            found.AddRange(FindAll([.. LogDirectories.AtAndBelow(path).Where(log => log != path)], progress, cancellation));
            ranks = RanksOf(found, chosen);
        }

        if (rank is not null || chosen.Rank is null || (run is not null && RunMembership.NamesRank(run, chosen)))
        {
            FoundProcess alone = ranks.FirstOrDefault(process => process.Figures.Rank == chosen.Rank) ?? throw new LogNotFoundException(
                $"There is no rank {rank} of the run '{chosen.Id}' in '{path}'{(ranks is [{ Figures.Rank: null }] ? ": it is a run of one process." : $": there {(ranks.Count == 1 ? "is" : "are")} {string.Join(", ", ranks.Select(process => process.Figures.Rank))}.")}");
            return LogIndex.Read(alone.Directory, alone.Figures.Name, progress, cancellation);
        }

        RunFigures[] runs = [.. RunMembership.Group(found).Select(group => MergedFigures.Of([.. group.Select(process => process.Figures)]))];
        return WithIndexes(ranks, cancellation, reader => reader.Analyze(path, runs, cancellation));
    }

    /// <summary>Compares the ranks of a run.</summary>
    internal static RankFigures Compare(IReadOnlyList<FoundProcess> ranks, CancellationToken cancellation) => WithIndexes(ranks, cancellation, reader => reader.Compare(cancellation));

    /// <summary>Analyses the ranks of a run that were found already.</summary>
    internal static LogAnalysis Of(IReadOnlyList<FoundProcess> ranks, string path, CancellationToken cancellation) =>
        WithIndexes(ranks, cancellation, reader => reader.Analyze(path, [MergedFigures.Of([.. ranks.Select(rank => rank.Figures)])], cancellation));

    // A cache must not prevent reading the log: if it cannot be used, or another process changes it meanwhile, the logs are read again.
    private static T WithIndexes<T>(IReadOnlyList<FoundProcess> ranks, CancellationToken cancellation, Func<RankReader, T> use)
    {
        try
        {
            using var reader = new RankReader(ranks, inMemory: false, cancellation);
            return use(reader);
        }
        catch (Exception exception) when (exception is SqliteException or InvalidDataException)
        {
            using var reader = new RankReader(ranks, inMemory: true, cancellation);
            return use(reader);
        }
    }

    private static List<FoundProcess> FindAll(IReadOnlyList<string> logs, Action<long, long>? progress, CancellationToken cancellation)
    {
        var found = new List<FoundProcess>();
        foreach (string log in logs)
        {
            found.AddRange(LogRuns.Read(log, progress, cancellation).Select(figures => new FoundProcess(log, figures)));
        }

        // Within a log, runs are in the order in which they occur; across logs, in the order of their start.
        return logs.Count == 1 ? found : [.. found.OrderBy(process => process.Figures.Started)];
    }

    private static RunName Choose(List<FoundProcess> found, string path, string? wanted)
    {
        var choice = new RunChoice(wanted);
        foreach (FoundProcess process in found)
        {
            choice.Add(new RunName(process.Figures.Id, process.Figures.Rank));
        }

        return choice.Require(path, UnreadableFigures.Sum([]));
    }

    private static IReadOnlyList<FoundProcess> RanksOf(List<FoundProcess> found, RunName chosen) =>
        RunMembership.Group(found).LastOrDefault(group => group[0].Figures.Id == chosen.Id && (group.Count > 1 || group[0].Figures.Rank is null == chosen.Rank is null))
        ?? RunMembership.Group(found).Last(group => group[0].Figures.Id == chosen.Id);
}
