using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Files;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Keeps a snapshot of each run on the disk, replaced at an interval and at the end, so that the history of a run is available even if its process is killed or its lines are lost.</summary>
/// <remarks>On a separate thread, which starts with the first run. Only the thread that ends the log waits for it.</remarks>
internal sealed partial class SnapshotFiles
{
    /// <summary>The folder of the snapshots, in the log directory.</summary>
    public const string Folder = "snapshots";

    private const string Extension = ".json";

    private readonly RunMonitor _monitor;
    private readonly string _directory;
    private readonly TimeSpan _interval;
    private readonly UnixFileMode? _mode;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _ended = new(false);
    private readonly Lock _starting = new();
    private readonly Lock _writing = new();
    private Thread? _thread;
    private volatile bool _stopping;
    private string? _reported;

    /// <param name="monitor">Keeps the state of the runs.</param>
    /// <param name="logDirectory">The log directory.</param>
    /// <param name="interval">The time between two snapshots of a run.</param>
    /// <param name="mode">The permissions of the files; null for the usual ones.</param>
    /// <param name="logger">Reports failures.</param>
    public SnapshotFiles(RunMonitor monitor, string logDirectory, TimeSpan interval, UnixFileMode? mode, ILogger logger)
    {
        _monitor = monitor;
        _directory = Path.Combine(Path.GetFullPath(logDirectory), Folder);
        _interval = interval;
        _mode = mode;
        _logger = logger;
        monitor.OnEnded = () => _ended.Set();
    }

    /// <summary>Returns where the snapshot of a run is kept.</summary>
    public static string PathOf(string logDirectory, string runId, int rank) => Path.Combine(logDirectory, Folder, RunFile.NameOf(runId, rank) + Extension);

    /// <summary>Starts keeping snapshots, unless already started.</summary>
    public void Begin()
    {
        lock (_starting)
        {
            if (_thread is null && !_stopping)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog snapshots", Priority = ThreadPriority.BelowNormal };
                _thread.UnsafeStart();
            }
        }
    }

    /// <summary>Writes the snapshots of the runs that have logged something since their last one.</summary>
    public void Write()
    {
        lock (_writing)
        {
            foreach (RunState run in _monitor.Unsaved())
            {
                bool isFirst = run.SavedChanges < 0;
                (RunSnapshot snapshot, long changes) = _monitor.SnapshotWithChanges(run);
                if (TryWrite(snapshot, isFirst))
                {
                    _monitor.NoteSaved(run, changes);
                }
            }
        }
    }

    /// <summary>Writes the last snapshots and ends the thread.</summary>
    /// <param name="timeout">The longest wait.</param>
    public void Stop(TimeSpan timeout)
    {
        lock (_starting)
        {
            _stopping = true;
        }

        _ended.Set();
        _thread?.Join(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
    }

    private void Run()
    {
        bool isLast;
        long begun = Stopwatch.GetTimestamp();
        do
        {
            TimeSpan left = _interval - Stopwatch.GetElapsedTime(begun);
            _ended.WaitOne(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            isLast = _stopping;
            begun = Stopwatch.GetTimestamp();
            Write();
        }
        while (!isLast);
    }

    private bool TryWrite(RunSnapshot snapshot, bool isFirst)
    {
        string path = Path.Combine(_directory, RunFile.NameOf(snapshot.RunId, snapshot.Rank) + Extension);
        try
        {
            if (isFirst)
            {
                KeepEarlier(path);
            }

            RunFile.Replace(path, snapshot.ToUtf8Json(), toDisk: true, _mode);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Retried at every interval; one report of the same failure is enough.
            if (_reported != exception.Message)
            {
                _reported = exception.Message;
                SnapshotFailed(_logger, snapshot.RunId, path, exception.Message);
            }

            return false;
        }
    }

    // A resumed run has another process, which has no data of the earlier steps.
    private static void KeepEarlier(string path)
    {
        for (int part = 1; File.Exists(path); part++)
        {
            string earlier = Path.ChangeExtension(path, string.Create(CultureInfo.InvariantCulture, $".{part}{Extension}"));
            if (!File.Exists(earlier))
            {
                FileSystem.MoveToFreeName(path, earlier);
            }
        }
    }

    [TrainLog(9021, LogLevel.Warning, "The snapshot of run {RunId} could not be written to {Path}, which is tried again: {Reason}", EventName = "SnapshotFailed")]
    private static partial void SnapshotFailed(ILogger logger, string runId, string path, string reason);
}
