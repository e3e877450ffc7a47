using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;

namespace FastTrainLog.Ranks;

/// <summary>The only definition of the processes that belong to a run: all ranks with its identifier, in one log directory, in one each, or in any below a root.</summary>
/// <remarks>
/// A single process has no rank and is a separate run, even if another directory has one with the same name. If a rank is found in
/// several directories, as after a copy, the one that started last is used.
/// </remarks>
internal static class RunMembership
{
    /// <summary>Returns the log directories in which the runs of a path are searched: its own log, otherwise all below it.</summary>
    public static IReadOnlyList<string> LogsOf(string path) => LogDirectories.IsOne(path) ? [path] : LogDirectories.AtAndBelow(path);

    /// <summary>Returns whether a run has ranks that are not in its log directory, so that they are searched below it.</summary>
    /// <param name="ranks">The ranks found in the directory.</param>
    public static bool IsIncomplete(IReadOnlyCollection<RunFigures> ranks) => ranks.Count > 0 && ranks.Count < ranks.Max(rank => rank.WorldSize);

    /// <summary>Groups the processes found in logs into runs, each with all its ranks in order; the runs are in the order in which they were found.</summary>
    public static IReadOnlyList<IReadOnlyList<FoundProcess>> Group(IEnumerable<FoundProcess> found)
    {
        var runs = new List<List<FoundProcess>>();
        var byId = new Dictionary<string, List<FoundProcess>>();
        foreach (FoundProcess process in found)
        {
            if (process.Figures is not { Id: { } id, Rank: { } rank })
            {
                runs.Add([process]);
                continue;
            }

            if (!byId.TryGetValue(id, out List<FoundProcess>? ranks))
            {
                byId.Add(id, ranks = []);
                runs.Add(ranks);
            }

            int same = ranks.FindIndex(other => other.Figures.Rank == rank);
            if (same < 0)
            {
                ranks.Add(process);
            }
            else if (ranks[same].Figures.Started < process.Figures.Started)
            {
                ranks[same] = process;
            }
        }

        runs.ForEach(ranks => ranks.Sort((one, other) => Nullable.Compare(one.Figures.Rank, other.Figures.Rank)));
        return runs;
    }

    /// <summary>Returns whether a name on a command line selects one rank and not its whole run.</summary>
    public static bool NamesRank(string wanted, RunName run) => run.Rank is not null && !run.Whole.ToString().StartsWith(wanted, StringComparison.OrdinalIgnoreCase);
}
