using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis;
using FastTrainLog.Reading;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Indexing;

/// <summary>
/// The data read from a log directory, stored so that it need not be read again: the figures of every run, and every series as a pyramid of
/// buckets. Created by the first reader of the log, then extended with what was added to the log.
/// </summary>
/// <remarks>
/// A cache: deleting it loses nothing. It is in the log directory as <c>.fasttrainlog.index</c>, or, if that cannot be written, in the
/// user's cache directory. An index that is damaged, of another version, or of files that were deleted or truncated is recreated. Several processes may use
/// one at the same time; one of them extends it and the others wait. An instance is not thread-safe.
/// </remarks>
public sealed class LogIndex : IDisposable
{
    private readonly string _directory;
    private IndexStore _store;
    private string _path;

    private LogIndex(string directory, IndexStore store, string path)
    {
        _directory = directory;
        _store = store;
        _path = path;
    }

    /// <summary>Opens the index of a log directory, or creates an empty one.</summary>
    /// <param name="directory">The log directory.</param>
    /// <returns>The index; null if it cannot be stored anywhere, so that the log has to be read each time.</returns>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    public static LogIndex? Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"The log directory '{directory}' does not exist.");
        }

        return IndexFile.Open(directory) is { } opened ? new LogIndex(directory, opened.Store, opened.Path) : null;
    }

    /// <summary>Opens the index of a log directory, or creates one in memory if it cannot be stored anywhere.</summary>
    internal static LogIndex OpenAnywhere(string directory) => Open(directory) ?? OpenInMemory(directory);

    /// <summary>Creates an index that is not stored.</summary>
    internal static LogIndex OpenInMemory(string directory) => new(directory, IndexStore.Open(IndexFile.InMemory), IndexFile.InMemory);

    /// <summary>Returns the runs of a log whose index has all of its lines; null if it has not, or there is no usable one.</summary>
    /// <remarks>Nothing is written and no other reader waits, so that a thousand logs are looked through in a second.</remarks>
    internal static IReadOnlyList<RunFigures>? RunsIfCurrent(string directory) =>
        IndexFile.Existing(directory).Select(path => RunsIfCurrent(directory, path)).FirstOrDefault(static runs => runs is not null);

    /// <summary>Analyses a run, through the index if there can be one, otherwise by reading the whole log.</summary>
    /// <param name="directory">The log directory.</param>
    /// <param name="run">The run's name, or its identifier; null for the one that started last.</param>
    /// <param name="progress">Receives at intervals the number of bytes read, and the total.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The analysis.</returns>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="LogNotFoundException">The log contains no record, or none of the run.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static LogAnalysis Read(string directory, string? run = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        using LogIndex? index = Open(directory);
        try
        {
            return index?.Analyze(run, progress, cancellation) ?? LogAnalysis.Read(directory, run, progress, cancellation);
        }
        catch (SqliteException)
        {
            // Another process locks it for a long time, or its disk is full: a cache must not prevent reading the log.
            return LogAnalysis.Read(directory, run, progress, cancellation);
        }
    }

    /// <summary>Reads what was added to the log since the last update, and stores it.</summary>
    /// <param name="progress">Receives at intervals the number of bytes read, and the total.</param>
    /// <param name="cancellation">Stops the reading; the index is then unchanged.</param>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public void Update(Action<long, long>? progress = null, CancellationToken cancellation = default) =>
        Use(() => Extend(progress, cancellation, isNew: false));

    /// <summary>Returns the runs of the log as far as the index has read it, in the order in which they started.</summary>
    public IReadOnlyList<RunFigures> Runs() => Use(() => Load().Runs.ToFigures());

    /// <summary>Returns the runs of the log up to its current last line, also if that has no line feed.</summary>
    internal IReadOnlyList<RunFigures> RunsToEnd() => Use(() => LoadToEnd().Runs.ToFigures());

    /// <summary>Analyses a run as <see cref="LogAnalysis.Read"/> does, up to the current last line.</summary>
    /// <param name="run">The run's name, or its identifier; null for the one that started last.</param>
    /// <param name="progress">Receives at intervals the number of bytes read, and the total.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The analysis.</returns>
    /// <exception cref="LogNotFoundException">The log contains no record, or none of the run.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public LogAnalysis Analyze(string? run = null, Action<long, long>? progress = null, CancellationToken cancellation = default) => Use(() =>
    {
        Extend(progress, cancellation, isNew: false);
        IndexedLog log = LoadToEnd();
        RunName chosen = log.Runs.Find(_directory, run, UnreadableFigures.Of(log.Unreadable));
        return Analyze(Settled(log, [chosen], progress, cancellation), chosen, progress, cancellation) with { Histograms = HistogramsOf(chosen) };
    });

    /// <summary>Analyses the ranks of a run, as far as the index has read the log: each separately.</summary>
    /// <param name="ranks">The ranks' names.</param>
    /// <param name="cancellation">Stops the reading.</param>
    internal IReadOnlyList<LogAnalysis> AnalyzeRanks(IReadOnlyCollection<RunName> ranks, CancellationToken cancellation) => Use(() =>
    {
        IndexedLog log = Settled(LoadToEnd(), ranks, progress: null, cancellation);
        IReadOnlyList<LogAnalysis> each = [.. ranks.Select(rank => Analyze(log, rank, progress: null, cancellation))];
        return each;
    });

    /// <summary>Returns a query on a series; it must not be used after the index is closed.</summary>
    internal SeriesQuery SeriesOf(RunName run, string series) => new(_store, IndexedSeries.NameOf(run, series));

    /// <summary>Returns the layers of a run that have histograms, in the order in which they were logged first.</summary>
    internal IReadOnlyList<string> HistogramLayers(RunName run) => Use(() => IndexedHistograms.LayersOf(_store, run));

    /// <summary>Returns the histograms of a layer between two steps, as at most so many sums.</summary>
    internal IReadOnlyList<IndexedHistogram> Histograms(RunName run, string layer, long firstStep, long lastStep, int count) =>
        Use(() => new HistogramQuery(_store, IndexedHistograms.NameOf(run, layer)).Columns(firstStep, lastStep, count));

    /// <summary>Returns the histograms of a run as a report shows them.</summary>
    internal LayerHistograms HistogramsOf(RunName run)
    {
        IReadOnlyList<string> layers = HistogramLayers(run);
        return new LayerHistograms([.. layers.Take(LayerHistograms.MostLayers).Select(layer => (layer, Histograms(run, layer, long.MinValue, long.MaxValue, LayerHistograms.MostColumns)))], layers.Count);
    }

    /// <summary>Returns which lines have to be read to find records, as far as the index has read the log.</summary>
    /// <param name="selection">The records.</param>
    /// <param name="isStepwise">Whether they are used in the order of their steps, so that all lines are needed where steps were repeated.</param>
    /// <returns>The lines; null if all have to be read.</returns>
    internal LinePlan? LinesOf(LineSelection selection, bool isStepwise) => Use(() =>
    {
        IndexedLog log = Load();
        return isStepwise && log.Runs.HaveSuperseded ? null : LinePlan.Of(_store, log, selection);
    });

    /// <summary>Returns the unreadable parts of the log.</summary>
    internal UnreadableFigures Unreadable() => Use(() => UnreadableFigures.Of(Load().Unreadable));

    /// <summary>Returns the names of a run's series, such as <c>train/loss</c>.</summary>
    /// <param name="run">The run's name, as in <see cref="RunFigures.Name"/>.</param>
    public IReadOnlyList<string> Series(string run) => Use(() => IndexedSeries.TagsOf(_store, Find(run)));

    /// <summary>Returns the names of a run's series; none if the index does not know the run.</summary>
    internal IReadOnlyList<string> Series(RunName run) => Use(() => IndexedSeries.TagsOf(_store, run));

    /// <summary>Returns a range of a series as buckets of equal numbers of steps; single points if there are few.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="series">The series' name.</param>
    /// <param name="firstStep">The first step.</param>
    /// <param name="lastStep">The last step.</param>
    /// <param name="count">The maximum number of buckets; at least 1.</param>
    /// <returns>The buckets that have points, in the order of the steps: each point is in exactly one.</returns>
    public IReadOnlyList<IndexedBucket> Buckets(string run, string series, long firstStep, long lastStep, int count) =>
        Use(() => new SeriesQuery(_store, IndexedSeries.NameOf(Find(run), series)).Buckets(firstStep, lastStep, count));

    /// <summary>Closes the index.</summary>
    public void Dispose() => _store.Dispose();

    private static IReadOnlyList<RunFigures>? RunsIfCurrent(string directory, string path)
    {
        try
        {
            using IndexStore store = IndexStore.OpenExisting(path);
            IndexedLog log = IndexedLog.Load(store);
            using var reader = new LogReader(directory, log.Parts);
            reader.Open();
            return log.Parts.IsStale || !log.Parts.IsComplete || reader.Read() || reader.Unreadable.Count > 0 ? null
                : (log.Parts.HasRest ? LoadToEnd(directory, store) : log).Runs.ToFigures();
        }
        catch (Exception exception) when (exception is SqliteException or InvalidDataException)
        {
            return null;
        }
    }

    private void Extend(Action<long, long>? progress, CancellationToken cancellation, bool isNew)
    {
        using (IndexWrite write = _store.Write())
        {
            if (isNew)
            {
                _store.Clear();
            }

            IndexedLog log = Load();
            using var reader = new LogReader(_directory, log.Parts);
            reader.Open();
            if (!log.Parts.IsStale && log.Parts.IsComplete)
            {
                Read(reader, log, progress, cancellation);
                write.Commit();
                return;
            }
        }

        if (isNew)
        {
            throw new IOException($"The files of '{_directory}' change faster than they can be read.");
        }

        Extend(progress, cancellation, isNew: true);
    }

    private void Read(LogReader reader, IndexedLog log, Action<long, long>? progress, CancellationToken cancellation)
    {
        using var series = new IndexedSeries(_store);
        long total = reader.TotalBytes;
        long records = 0;
        for (; reader.Read(); records++)
        {
            StoredRecord record = reader.Current;
            RunName run = log.Runs.Add(record);
            series.Add(record, run);
            log.Parts.Add(reader.Cursor, log.Names, record, run);
            if (records % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(reader.BytesRead, total);
            }
        }

        if (records > 0 || reader.Unreadable.Count > 0)
        {
            series.Save();
            log.Unreadable.Add(reader.Unreadable);
            log.Save();
        }
    }

    // What a run repeated is counted once: the first time that this is asked for after a return, all lines are read once more.
    private IndexedLog Settled(IndexedLog log, IReadOnlyCollection<RunName> runs, Action<long, long>? progress, CancellationToken cancellation)
    {
        if (runs.All(log.Runs.IsSettled))
        {
            return log;
        }

        using (IndexWrite write = _store.Write())
        {
            // As it is stored: another process may have settled it meanwhile, and the last line may be without a line feed.
            IndexedRuns stored = Load().Runs;
            RunName[] again = [.. runs.Where(run => !stored.IsSettled(run))];
            if (again.Length == 0)
            {
                return log;
            }

            stored.Settle(_directory, again, progress, cancellation);
            stored.Save();
            write.Commit();
        }

        return LoadToEnd();
    }

    private LogAnalysis Analyze(IndexedLog log, RunName run, Action<long, long>? progress, CancellationToken cancellation) => log.Runs.IsSettled(run)
        ? log.Runs.ToAnalysis(_directory, run.ToString(), UnreadableFigures.Of(log.Unreadable))
        : LogAnalysis.Read(_directory, run.ToString(), progress, cancellation);

    private RunName Find(string run)
    {
        IndexedLog log = Load();
        return log.Runs.Find(_directory, run, UnreadableFigures.Of(log.Unreadable));
    }

    // Includes a last line without a line feed, which the index omits.
    private IndexedLog LoadToEnd() => LoadToEnd(_directory, _store);

    private static IndexedLog LoadToEnd(string directory, IndexStore store)
    {
        IndexedLog log = IndexedLog.Load(store);
        log.Parts.LeavesUnended = false;
        using var rest = new LogReader(directory, log.Parts);
        while (rest.Read())
        {
            log.Runs.Add(rest.Current);
        }

        log.Unreadable.Add(rest.Unreadable);
        return log;
    }

    private IndexedLog Load() => IndexedLog.Load(_store);

    private void Use(Action action) => Use(() =>
    {
        action();
        return true;
    });

    // A damaged index is rebuilt once. One of somebody else's is used as long as it has all lines.
    private T Use<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException exception) when (IndexFile.IsReadOnly(exception) && IndexFile.OpenCached(_directory, _path, _store) is { } cached)
        {
            _store.Dispose();
            (_store, _path) = cached;
            return Use(action);
        }
        catch (Exception exception) when (IndexFile.IsDamage(exception))
        {
            _store.Dispose();
            IndexFile.Delete(_path);
            (_store, _path) = IndexFile.Open(_directory) ?? throw new IOException($"The index '{_path}' is damaged and cannot be rebuilt: {exception.Message}", exception);
            Extend(progress: null, CancellationToken.None, isNew: true);
            return action();
        }
    }
}
