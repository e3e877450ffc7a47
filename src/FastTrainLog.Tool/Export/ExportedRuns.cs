using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Runs;

namespace FastTrainLog.Tool.Export;

/// <summary>The runs of an export, as every command finds them: those of a log with their ranks below it, or those of all logs below a directory. Each has a name of its own.</summary>
/// <remarks>Of runs of one name the first that started has it; the others have their directory in front, as <c>compare</c> takes it: <c>DIR#NAME</c>.</remarks>
internal sealed class ExportedRuns
{
    private readonly Dictionary<(string Directory, RunName Run), RunName> _names = [];
    private readonly HashSet<RunName> _known = [];
    private readonly IReadOnlyList<string> _searched;

    private ExportedRuns(IReadOnlyList<string> searched, string root, IReadOnlyList<FoundRun> runs)
    {
        _searched = searched;
        var all = new List<(RunName Name, FoundRun Run)>();
        HashSet<string> used = [];
        foreach (FoundRun run in runs)
        {
            string id = run.Figures.Id!;
            while (!used.Add(id))
            {
                id = $"{run.Directory}#{id}";
            }

            all.Add((new RunName(id, null), run));
            foreach (FoundProcess process in run.Ranks)
            {
                RunName own = NameOf(process);
                _names.Add((process.Directory, own), own with { Id = id });
                _known.Add(own);
            }
        }

        All = all;
        Logs = [.. searched, .. runs.SelectMany(run => run.Ranks).Select(process => process.Directory).Where(directory => !searched.Contains(directory)).Distinct()];
        Root = root;
    }

    /// <summary>Gets the directory that was given.</summary>
    public string Root { get; }

    /// <summary>Gets the runs, in the order of their start, with the names under which they are exported.</summary>
    public IReadOnlyList<(RunName Name, FoundRun Run)> All { get; }

    /// <summary>Gets the log directories.</summary>
    public IReadOnlyList<string> Logs { get; }

    /// <summary>Finds them, through the indexes of the logs.</summary>
    public static ExportedRuns Find(string root, TextWriter error, CancellationToken cancellation) => new(RunMembership.LogsOf(root), root, RunFinder.Find(root, isRoot: false, error, cancellation));

    /// <summary>Finds those of all logs at and below a directory, without a look at the runs if there is one log only.</summary>
    public static ExportedRuns FindAll(string root, TextWriter error, CancellationToken cancellation)
    {
        IReadOnlyList<string> logs = LogDirectories.AtAndBelow(root);
        return new(logs, root, logs.Count > 1 ? RunFinder.Find(root, isRoot: true, error, cancellation) : []);
    }

    /// <summary>Returns those of a directory's own log if there is no other log below it, without a look at the runs; otherwise null.</summary>
    public static ExportedRuns? OfLog(string directory) => LogDirectories.AtAndBelow(directory) is [var only] && only == directory ? new ExportedRuns([directory], directory, []) : null;

    /// <summary>Returns the name under which a run of a log is exported; null if it is not, as an older copy of a rank.</summary>
    public RunName? NameIn(string directory, RunName run) => _names.TryGetValue((directory, run), out RunName name) ? name
        // What began after the search is new.
        : _searched.Contains(directory) && !_known.Contains(run) ? run
        : null;

    /// <summary>Returns the name of a process in its log.</summary>
    public static RunName NameOf(FoundProcess process) => new(process.Figures.Id, process.Figures.Rank);
}
