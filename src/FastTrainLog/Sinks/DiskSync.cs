using FastTrainLog.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>Syncs the log's files to the disk at an interval, at once after a critical record, and at the end: what was written before survives a loss of power.</summary>
/// <remarks>It is a sink after the files, so that its flush follows theirs. The disk is waited for on a separate thread only.</remarks>
internal sealed partial class DiskSync : ILogSink
{
    private readonly SyncedFile[] _files;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _shutdownTimeout;
    private readonly AutoResetEvent _due = new(false);
    private readonly Lock _syncing = new();
    private ILogger? _logger;
    private Thread? _thread;
    private volatile bool _stopping;
    private string? _reported;
    private bool _isCritical;

    /// <param name="files">The files.</param>
    /// <param name="interval">The time between two syncs.</param>
    /// <param name="shutdownTimeout">The longest wait for the last one.</param>
    public DiskSync(IEnumerable<RollingFile> files, TimeSpan interval, TimeSpan shutdownTimeout)
    {
        _files = [.. files.Select(file => new SyncedFile(file))];
        _interval = interval;
        _shutdownTimeout = shutdownTimeout;
    }

    /// <summary>Starts the thread.</summary>
    /// <param name="logger">Reports failures.</param>
    public void Start(ILogger logger)
    {
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog sync", Priority = ThreadPriority.BelowNormal };
        _thread.UnsafeStart();
    }

    public void Write(in LogRecord record) => _isCritical |= record.Level == LogLevel.Critical;

    public void Flush()
    {
        if (_isCritical)
        {
            _isCritical = false;
            _due.Set();
        }
    }

    /// <summary>Syncs what was written since the last time.</summary>
    public void Sync()
    {
        lock (_syncing)
        {
            foreach (SyncedFile file in _files)
            {
                try
                {
                    file.Sync();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // Retried at every interval; one report of the same failure is enough.
                    if (_reported != exception.Message)
                    {
                        _reported = exception.Message;
                        SyncFailed(_logger!, file.Path, exception.Message);
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _due.Set();
        _thread?.Join(_shutdownTimeout);
    }

    private void Run()
    {
        bool isLast;
        do
        {
            _due.WaitOne(_interval);
            isLast = _stopping;
            Sync();
        }
        while (!isLast);
    }

    [TrainLog(9024, LogLevel.Warning, "{Path} could not be synced to the disk, which is tried again: a loss of power now loses what is not on the disk yet: {Reason}", EventName = "SyncFailed")]
    private static partial void SyncFailed(ILogger logger, string path, string reason);

    /// <summary>A file, and how much of it is on the disk.</summary>
    private sealed class SyncedFile(RollingFile file)
    {
        private (uint Rotations, long Length, uint Replacements) _synced = (file.Rotations, 0, file.Replacements);

        public string Path => file.Path;

        public void Sync()
        {
            (uint Rotations, long Length, uint Replacements) now = Now;
            if (now == _synced)
            {
                return;
            }

            // Another thread rotates meanwhile: in the direction of the rotation, and one further than counted, none is missed.
            for (uint number = 0; number <= file.Rotations - _synced.Rotations + 1; number++)
            {
                SyncOne(number == 0 ? file.Path : file.Rotated.NameOfYoungest((int)number));
            }

            // The names, too.
            using SafeFileHandle directory = FileSystem.OpenDirectory(System.IO.Path.GetDirectoryName(file.Path)!, followLink: true);
            RandomAccess.FlushToDisk(directory);
            _synced = now;
        }

        private (uint Rotations, long Length, uint Replacements) Now => (file.Rotations, file.Length, file.Replacements);

        private static void SyncOne(string path)
        {
            try
            {
                using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                RandomAccess.FlushToDisk(handle);
            }
            catch (FileNotFoundException)
            {
                // Deleted since, or compressed, which syncs by itself.
            }
        }
    }
}
