using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Ranks;
using FastTrainLog.Tool.Commands;
using FastTrainLog.Tool.Runs;

namespace FastTrainLog.Tool.Compare;

/// <summary>Finds the runs that a command line names: <c>DIR</c> for the latest in it or below it, <c>DIR#ID</c> for one of several.</summary>
internal sealed class RunNaming(TextWriter error, CancellationToken cancellation)
{
    private const char Sign = '#';

    private readonly Dictionary<string, List<FoundRun>> _directories = [];

    /// <summary>Finds the runs.</summary>
    /// <param name="names">The names; a single directory selects all its runs.</param>
    /// <param name="conditions">The conditions on the runs of a directory; if there are any, a directory selects all its runs and those below it.</param>
    /// <param name="rank">The rank to use for each run, or null for all together.</param>
    /// <exception cref="ToolException">A name does not match a run.</exception>
    public List<FoundRun> Find(IReadOnlyList<string> names, string[] conditions, int? rank)
    {
        var runs = new List<FoundRun>();
        foreach (string name in names)
        {
            (string directory, string? wanted) = Split(name);
            List<FoundRun> all = FindAll(directory, isRoot: conditions.Length > 0);
            if (wanted is not null)
            {
                runs.Add(FindOne(all, directory, wanted));
            }
            else if (conditions.Length > 0)
            {
                runs.AddRange(RunFilter.ApplyAll(conditions, all));
            }
            else
            {
                runs.AddRange(names.Count == 1 ? all : [all[^1]]);
            }
        }

        return runs.Count == 0 ? throw new ToolException("There is no run for which all conditions hold.") : rank is null ? runs : [.. runs.Select(run => RankOf(run, rank.Value))];
    }

    private List<FoundRun> FindAll(string directory, bool isRoot)
    {
        if (!_directories.TryGetValue(directory, out List<FoundRun>? all))
        {
            LogDirectoryArgument.RequireLogs(directory);
            all = RunFinder.Find(directory, isRoot, error, cancellation);
            _directories.Add(directory, all.Count > 0 ? all : throw new ToolException($"The log in {directory} contains no run: none of its records is from a TrainingRun."));
        }

        return all;
    }

    private static FoundRun FindOne(List<FoundRun> all, string directory, string wanted)
    {
        var selection = new RunSelection(wanted);
        foreach (FoundProcess process in all.SelectMany(run => run.Ranks))
        {
            selection.Add(new RunName(process.Figures.Id, process.Figures.Rank));
        }

        if (selection.Problem(directory) is { } problem)
        {
            throw new ToolException(problem);
        }

        RunName name = selection.First!.Value;
        FoundRun run = all.FindLast(run => run.Ranks.Any(process => process.Figures.Id == name.Id && process.Figures.Rank == name.Rank))!;
        return RunMembership.NamesRank(wanted, name) ? RankOf(run, name.Rank!.Value) : run;
    }

    private static FoundRun RankOf(FoundRun run, long rank) => run.Ranks.FirstOrDefault(process => process.Figures.Rank == rank) is { } process
        ? run with { Figures = process.Figures, Ranks = [process] }
        : throw new ToolException($"There is no rank {rank} of the run '{run.Figures.Name}' in '{run.Ranks[0].Directory}'.");

    // Both names may contain the sign: it separates them where the part before it is an existing directory.
    private static (string Directory, string? Run) Split(string name)
    {
        int sign = -1;
        if (!Directory.Exists(name))
        {
            sign = name.IndexOf(Sign, StringComparison.Ordinal);
            while (sign >= 0 && !Directory.Exists(name[..sign]) && name.IndexOf(Sign, sign + 1) is >= 0 and int next)
            {
                sign = next;
            }
        }

        return (Path.TrimEndingDirectorySeparator(sign < 0 ? name : name[..sign]), sign < 0 ? null : name[(sign + 1)..]);
    }
}
