using System.Diagnostics;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>One log directory, read through its index.</summary>
/// <remarks>An index is not thread-safe, so one thread at a time uses it; a request waits for a bounded time while a long log is read for the first time.</remarks>
internal sealed class WatchedLog : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestUnused = TimeSpan.FromSeconds(30);

    // Whether a run that says nothing is still running depends on the time.
    private static readonly TimeSpan OutcomeInterval = TimeSpan.FromSeconds(2);

    // A long analysis, such as that of a resumed run, must not keep a processor busy: it is repeated after a multiple of its own duration.
    private const int RestOfAnalysis = 20;
    private const int MostAnalyses = 8;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<RunName, (long Records, RunTotals Totals)> _totals = [];
    private readonly Dictionary<RunName, (long Revision, long Due, LogAnalysis Analysis)> _analyses = [];
    private LogIndex? _index;
    private bool _isInMemory;
    private long _used;
    private long _signature;
    private long _outcomesDue;
    private long _totalsDue;
    private bool _totalsAreOld;

    /// <param name="directory">The log directory.</param>
    /// <param name="name">Its path relative to the directory that was given.</param>
    public WatchedLog(string directory, string name)
    {
        Directory = directory;
        Name = name;
    }

    public string Directory { get; }

    public string Name { get; }

    /// <summary>Gets its runs, in the order in which they started; each rank is a separate run.</summary>
    public IReadOnlyList<RunFigures> Runs { get; private set; } = [];

    /// <summary>Gets the number of times that something was added to it.</summary>
    public long Revision { get; private set; }

    /// <summary>Gets why it cannot be read, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Gets whether any of its runs has not ended.</summary>
    public bool IsLive => Runs.Any(run => run.Outcome is "running" or "stalled");

    /// <summary>Returns the totals of a run; null if they are not known yet.</summary>
    public RunTotals? TotalsOf(RunName run)
    {
        lock (_totals)
        {
            return _totals.TryGetValue(run, out (long Records, RunTotals Totals) known) ? known.Totals : null;
        }
    }

    /// <summary>Reads what was added to the log.</summary>
    /// <param name="roots">The directories that the log's files must be in.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>Whether anything is different.</returns>
    public bool Refresh(IReadOnlyList<string> roots, CancellationToken cancellation)
    {
        try
        {
            bool isDifferent = RefreshRuns(roots, cancellation) | RefreshTotals(cancellation) | Problem is not null;
            Problem = null;
            CloseUnused();
            return isDifferent;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or LogNotFoundException)
        {
            bool isNew = Problem != exception.Message;
            Problem = exception.Message;
            return isNew;
        }
    }

    /// <summary>Analyses one of its runs, as <c>analyze</c> does; while the run goes on, the result may be a little old.</summary>
    public LogAnalysis Analyze(RunName run, CancellationToken cancellation) => WithIndex(index =>
    {
        if (_analyses.TryGetValue(run, out (long Revision, long Due, LogAnalysis Analysis) known) && (known.Revision == Revision || Stopwatch.GetTimestamp() < known.Due))
        {
            return known.Analysis;
        }

        long begun = Stopwatch.GetTimestamp();
        LogAnalysis analysis = index.AnalyzeRanks([run], cancellation)[0];
        if (_analyses.Count >= MostAnalyses)
        {
            _analyses.Clear();
        }

        _analyses[run] = (Revision, Stopwatch.GetTimestamp() + ((Stopwatch.GetTimestamp() - begun) * RestOfAnalysis), analysis);
        return analysis;
    });

    /// <summary>Returns the names of a run's series.</summary>
    public IReadOnlyList<string> SeriesOf(RunName run) => WithIndex(index => index.Series(run));

    /// <summary>Uses a series of a run.</summary>
    public T Query<T>(RunName run, string series, Func<SeriesQuery, T> use) => WithIndex(index => use(index.SeriesOf(run, series)));

    /// <summary>Returns which lines have to be read to find records; null for all.</summary>
    public LinePlan? LinesOf(LineSelection selection) => WithIndex(index => index.LinesOf(selection, isStepwise: false));

    /// <summary>Uses the index.</summary>
    public T Query<T>(Func<LogIndex, T> use) => WithIndex(use);

    /// <summary>Closes the index until it is used again.</summary>
    public void Close()
    {
        _gate.Wait();
        _index?.Dispose();
        _index = null;
        _gate.Release();
    }

    public void Dispose()
    {
        _index?.Dispose();
        _gate.Dispose();
    }

    // An open database keeps memory, and there may be hundreds of logs.
    private void CloseUnused()
    {
        if (_index is not null && !_isInMemory && !IsLive && (_used == 0 || Stopwatch.GetElapsedTime(_used) > LongestUnused))
        {
            Close();
        }
    }

    private bool RefreshRuns(IReadOnlyList<string> roots, CancellationToken cancellation)
    {
        IReadOnlyList<LogFile> files = LogFile.Find(Directory);
        var signature = new HashCode();
        foreach (LogFile file in files)
        {
            signature.Add(file.Path);
            signature.Add(file.Length);
        }

        long now = Stopwatch.GetTimestamp();
        long found = (uint)signature.ToHashCode() + 1L;
        bool isLonger = found != _signature;
        if (!isLonger && (now < _outcomesDue || !IsLive))
        {
            return false;
        }

        if (isLonger)
        {
            RequireWithin(files, roots);
        }

        _gate.Wait(cancellation);
        try
        {
            Use(index =>
            {
                if (isLonger)
                {
                    index.Update(cancellation: cancellation);
                }

                Runs = [.. index.Runs().Where(run => run.Id is not null)];
                return true;
            });
        }
        finally
        {
            _gate.Release();
        }

        _signature = found;
        _outcomesDue = now + (long)(OutcomeInterval.TotalSeconds * Stopwatch.Frequency);
        if (isLonger)
        {
            Revision++;
            _totalsAreOld = true;
        }

        return true;
    }

    private bool RefreshTotals(CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        if (!_totalsAreOld || begun < _totalsDue)
        {
            return false;
        }

        RunFigures[] added;
        lock (_totals)
        {
            added = [.. Runs.Where(run => !_totals.TryGetValue(NameOf(run), out (long Records, RunTotals Totals) known) || known.Records != run.Records)];
        }

        if (added.Length > 0)
        {
            (RunName Run, long Records, RunTotals Totals)[] totals = Locked(index => index.AnalyzeRanks([.. added.Select(NameOf)], cancellation).Select(analysis => (
                NameOf(analysis.Run),
                analysis.Run.Records,
                new RunTotals(
                    analysis.Errors.Warnings,
                    analysis.Errors.Errors + analysis.Errors.Criticals,
                    Math.Max(analysis.Stability.NonFiniteSteps, analysis.Progress.Loss?.NonFinite ?? 0),
                    LossCourse.Of(index.SeriesOf(NameOf(analysis.Run), SeriesNames.Loss).Buckets(long.MinValue / 2, long.MaxValue / 2, LossCourse.Most)),
                    analysis.Anomalies.Counts))).ToArray());
            lock (_totals)
            {
                foreach ((RunName run, long records, RunTotals known) in totals)
                {
                    _totals[run] = (records, known);
                }
            }
        }

        _totalsAreOld = false;
        long ended = Stopwatch.GetTimestamp();
        _totalsDue = ended + Math.Max((ended - begun) * RestOfAnalysis, Stopwatch.Frequency / 2);
        return added.Length > 0;
    }

    private static RunName NameOf(RunFigures run) => new(run.Id, run.Rank);

    // A link in a log directory must not make the dashboard show files from elsewhere.
    private static void RequireWithin(IReadOnlyList<LogFile> files, IReadOnlyList<string> roots)
    {
        foreach (LogFile file in files)
        {
            string target = File.ResolveLinkTarget(file.Path, returnFinalTarget: true)?.FullName ?? file.Path;
            if (target != file.Path && !roots.Any(root => target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                throw new IOException($"{Path.GetFileName(file.Path)} is a link to a file outside of the directories that are shown, so the log is not read.");
            }
        }
    }

    private T WithIndex<T>(Func<LogIndex, T> use)
    {
        if (!_gate.Wait(LongestWait))
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, $"The log '{Name}' is being read: try again later.");
        }

        _used = Stopwatch.GetTimestamp();
        return Release(use);
    }

    private T Locked<T>(Func<LogIndex, T> use)
    {
        _gate.Wait();
        return Release(use);
    }

    private T Release<T>(Func<LogIndex, T> use)
    {
        try
        {
            return Use(use);
        }
        finally
        {
            _gate.Release();
        }
    }

    // A cache must not prevent reading the log: if its file is locked for long, or its disk is full, the index is made in memory.
    private T Use<T>(Func<LogIndex, T> use)
    {
        try
        {
            if (_index is null)
            {
                _index = LogIndex.Open(Directory);
                _isInMemory = _index is null;
                _index ??= LogIndex.OpenInMemory(Directory);
            }

            return use(_index);
        }
        catch (SqliteException) when (!_isInMemory)
        {
            _index?.Dispose();
            _isInMemory = true;
            _index = LogIndex.OpenInMemory(Directory);
            _index.Update();
            return use(_index);
        }
    }
}
