using System.Diagnostics;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>All logs below the directories given, and the runs in them.</summary>
/// <remarks>Thread-safe. One thread at a time refreshes it; everybody else sees its last state, which does not change.</remarks>
internal sealed class LogCatalog : IDisposable
{
    // Of directories with many files, the search takes seconds: it is repeated after a multiple of its own duration.
    private const int RestOfSearch = 20;
    private static readonly TimeSpan ShortestRestOfSearch = TimeSpan.FromSeconds(1);

    // Logs whose runs have all ended are looked at now and then only.
    private static readonly TimeSpan RestOfEnded = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PublishInterval = TimeSpan.FromMilliseconds(250);

    private readonly string[] _roots;
    private readonly Dictionary<string, WatchedLog> _logs = [];
    private readonly Dictionary<string, DashboardRun> _known = [];
    private readonly Lock _publishing = new();
    private readonly HashSet<WatchedLog> _read = [];
    private readonly MergedLosses _losses = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _searchDue;
    private long _endedDue;
    private long _published;

    public LogCatalog(DashboardOptions options) => _roots = [.. options.Directories.Select(directory => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))).Distinct()];

    /// <summary>Gets an identifier of this instance, by which a client recognises a server that was started anew.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("n")[..12];

    /// <summary>Gets whether somebody looks at it.</summary>
    public Interest Interest { get; } = new();

    /// <summary>Gets whether any run goes on.</summary>
    public bool IsLive => State.Runs.Any(run => run.Ranks.Any(rank => rank.Log.IsLive));

    /// <summary>Gets the last state.</summary>
    public CatalogState State { get; private set; } = new(0, [], 0, 0, []);

    /// <summary>Returns the last state, and waits for the first one after the start.</summary>
    public CatalogState Current(CancellationToken cancellation)
    {
        Interest.Note();
        if (State.Version == 0)
        {
            ChangeFrom(0).Wait(LongestFirst, cancellation);
        }

        return State;
    }

    /// <summary>Gets a task that ends when the state is no longer of a version.</summary>
    public Task ChangeFrom(long version)
    {
        lock (_publishing)
        {
            return State.Version > version ? Task.CompletedTask : _changed.Task;
        }
    }

    /// <summary>Gets the directories given.</summary>
    public IReadOnlyList<string> Roots => _roots;

    /// <summary>Reads what was added to the logs.</summary>
    /// <returns>Whether any log was longer than before, or there were others.</returns>
    public bool Refresh(CancellationToken cancellation)
    {
        long before = _logs.Values.Sum(log => log.Revision);
        long now = Stopwatch.GetTimestamp();
        bool areOthers = now >= _searchDue && Search();
        bool takesEnded = now >= _endedDue;
        if (takesEnded)
        {
            _endedDue = now + (long)(RestOfEnded.TotalSeconds * Stopwatch.Frequency);
        }

        WatchedLog[] logs = [.. _logs.Values.Where(log => takesEnded || log.IsLive || !_read.Contains(log))];
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Math.Clamp(logs.Length, 1, Environment.ProcessorCount) };
        int changed = areOthers ? 1 : 0;
        Parallel.ForEach(logs, options, log =>
        {
            bool isOther = log.Refresh(_roots, cancellation);
            lock (_publishing)
            {
                if (_read.Add(log) | isOther)
                {
                    changed = 1;
                }

                // While many logs are read for the first time, those that were read are shown.
                if (changed == 1 && Stopwatch.GetElapsedTime(_published) > PublishInterval)
                {
                    Publish();
                    changed = 0;
                }
            }
        });
        if (changed == 1 || State.Version == 0)
        {
            lock (_publishing)
            {
                Publish();
            }
        }

        if (_losses.Refresh(State.Runs))
        {
            lock (_publishing)
            {
                Publish();
            }
        }

        return areOthers || _logs.Values.Sum(log => log.Revision) != before;
    }

    /// <summary>Wakes those who wait for a change, because something else than the logs has changed.</summary>
    public void Announce()
    {
        lock (_publishing)
        {
            Publish(State with { Version = State.Version + 1 });
        }
    }

    public void Dispose()
    {
        foreach (WatchedLog log in _logs.Values)
        {
            log.Dispose();
        }
    }

    private bool Search()
    {
        long begun = Stopwatch.GetTimestamp();
        bool isDifferent = false;
        var found = new HashSet<string>();
        foreach (string root in _roots)
        {
            try
            {
                foreach (string directory in LogDirectories.AtAndBelow(root))
                {
                    if (found.Add(directory) && !_logs.ContainsKey(directory))
                    {
                        _logs.Add(directory, new WatchedLog(directory, NameOf(root, directory)));
                        isDifferent = true;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A mounted directory may be away for a while: what is known of it stays, and each of its logs says what is wrong.
                found.UnionWith(_logs.Keys.Where(directory => directory == root || directory.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)));
            }
        }

        foreach (string gone in _logs.Keys.Where(directory => !found.Contains(directory)).ToArray())
        {
            _logs.Remove(gone, out WatchedLog? log);
            log!.Close();
            lock (_publishing)
            {
                _read.Remove(log);
            }

            isDifferent = true;
        }

        long ended = Stopwatch.GetTimestamp();
        _searchDue = ended + Math.Max((ended - begun) * RestOfSearch, (long)(ShortestRestOfSearch.TotalSeconds * Stopwatch.Frequency));
        return isDifferent;
    }

    private string NameOf(string root, string directory)
    {
        string relative = Path.GetRelativePath(root, directory);
        return _roots.Length == 1 ? relative == "." ? Path.GetFileName(root) : relative
            : relative == "." ? Path.GetFileName(root) : Path.Combine(Path.GetFileName(root), relative);
    }

    private void Publish()
    {
        long version = State.Version + 1;
        var byDirectory = _read.ToDictionary(log => log.Directory);
        var found = _read.OrderBy(log => log.Directory, StringComparer.Ordinal).SelectMany(log => log.Runs.Select(run => new FoundProcess(log.Directory, run)));
        var runs = new List<DashboardRun>();
        foreach (IReadOnlyList<FoundProcess> group in RunMembership.Group(found))
        {
            RankOfRun[] ranks = [.. group.Select(process => new RankOfRun(byDirectory[process.Directory], process.Figures))];
            runs.Add(Describe(ranks, MergedFigures.Of([.. group.Select(process => process.Figures)]), version));
        }

        _known.Clear();
        foreach (DashboardRun run in runs)
        {
            _known[run.Key] = run;
        }

        string[] problems = [.. _logs.Values.Where(log => log.Problem is not null).Select(log => $"{log.Name}: {log.Problem}")];
        Publish(new CatalogState(version, [.. runs.OrderBy(run => run.Figures.Started)], _logs.Count, _read.Count, problems));
        _published = Stopwatch.GetTimestamp();
    }

    private void Publish(CatalogState state)
    {
        State = state;
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private DashboardRun Describe(RankOfRun[] ranks, RunFigures run, long version)
    {
        // A process that trains alone is a run of its own, even if another directory has one with the same identifier.
        string key = ranks[0].Figures.Rank is null ? $"{run.Id}.{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(ranks[0].Log.Directory)):x16}"[..^8] : run.Id!;
        string directory = CommonName(ranks);
        RunTotals? totals = RunTotals.Of([.. ranks.Select(rank => rank.Log.TotalsOf(rank.Name))], _losses.Of(key));
        byte[] row = JsonSerializer.SerializeToUtf8Bytes(RunRow.Of(key, directory, run, totals), AnswerWriter.Json.RunRow);
        DashboardRun? known = _known.GetValueOrDefault(key);
        bool isSame = known is not null && known.Row.AsSpan().SequenceEqual(row);
        return new DashboardRun(key, directory, run, ranks, totals, isSame ? known!.Row : row, isSame ? known!.ChangedAt : version);
    }

    private static string CommonName(RankOfRun[] ranks)
    {
        string common = ranks[0].Log.Name;
        while (common.Length > 0 && !Array.TrueForAll(ranks, rank => rank.Log.Name == common || rank.Log.Name.StartsWith(common + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            common = Path.GetDirectoryName(common) ?? string.Empty;
        }

        return common.Length == 0 ? "." : common;
    }
}
