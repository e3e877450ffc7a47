using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>Compresses rotated files and deletes old ones, on a thread of its own and of low priority.</summary>
/// <remarks>
/// The backend never waits for it: it takes a file's lock for single renames only. It touches no rotated file before a checkpoint
/// covers its rotation, since a recovery may have to cut that back.
/// </remarks>
internal sealed partial class BackupKeeper
{
    private const int PieceBytes = 256 * 1024;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<RotatedFiles> _files;
    private readonly bool _compresses;
    private readonly Retention? _retention;
    private readonly TrainLogger _logger;
    private readonly AutoResetEvent _rotated = new(false);
    private readonly Thread _thread;
    private readonly byte[] _piece = new byte[PieceBytes];
    private volatile bool _stopping;
    private string? _reported;

    /// <summary>Starts the thread, which looks after what earlier runs left first.</summary>
    /// <param name="files">The rotated files of each file of the log.</param>
    /// <param name="compresses">Whether they are compressed.</param>
    /// <param name="retention">What deletes old ones; null for nothing.</param>
    /// <param name="logger">Where trouble is reported.</param>
    public BackupKeeper(IReadOnlyList<RotatedFiles> files, bool compresses, Retention? retention, TrainLogger logger)
    {
        _files = files;
        _compresses = compresses;
        _retention = retention;
        _logger = logger;
        foreach (RotatedFiles file in files)
        {
            file.OnSettled = () => _rotated.Set();
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog backups", Priority = ThreadPriority.Lowest };
        _thread.Start();
    }

    /// <summary>Stops the thread and waits for it: a compression under way is given up, and its file left to the next start.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <returns>Whether it ended within the time.</returns>
    public bool Stop(TimeSpan timeout)
    {
        _stopping = true;
        _rotated.Set();
        return _thread.Join(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
    }

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            // .NET's priorities do nothing there; the kernel's nice value of a thread does. At 10 it has a tenth of what a training thread
            // has on the same core: at 19 files would be rotated faster than they are compressed.
            _ = SetPriority(which: 0, who: 0, priority: 10);
        }

        while (!_stopping)
        {
            Attempt(CompressAll);
            Attempt(DeleteOld);
            _rotated.WaitOne(LookInterval);
        }
    }

    private void CompressAll()
    {
        foreach (RotatedFiles files in _compresses ? _files : [])
        {
            while (!_stopping && files.BeginCompression() is { } plain)
            {
                using (plain)
                {
                    Compress(plain, files);
                }
            }
        }
    }

    private void Compress(FileStream plain, RotatedFiles files)
    {
        bool isWhole = false;
        try
        {
            using var target = new FileStream(files.TemporaryPath, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete);
            // The fastest level: the processor belongs to the training, and lines that are alike shrink well at any level.
            using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            {
                int read;
                while ((read = plain.Read(_piece)) > 0)
                {
                    if (_stopping)
                    {
                        return;
                    }

                    gzip.Write(_piece, 0, read);
                }
            }

            // The plain file may have been on the disk for long: it goes only when the other is there too.
            target.Flush(flushToDisk: true);
            File.SetLastWriteTimeUtc(target.SafeFileHandle, File.GetLastWriteTimeUtc(plain.SafeFileHandle));
            isWhole = true;
        }
        finally
        {
            files.EndCompression(isWhole);
        }
    }

    private void DeleteOld()
    {
        if (_retention?.Apply(_files) is ({ } count and > 0, { } bytes))
        {
            BackupsDeleted(_logger, count, bytes);
        }
    }

    private void Attempt(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            // The training must not die of it, whatever it is. Tried again at every look; one report of the same trouble is enough.
            if (_reported != exception.Message)
            {
                _reported = exception.Message;
                BackupsFailed(_logger, exception.Message);
            }
        }
    }

    [TrainLog(9011, LogLevel.Warning, "Rotated log files could not be compressed or deleted, which is tried again: {Reason}")]
    private static partial void BackupsFailed(TrainLogger logger, string reason);

    [TrainLog(9012, LogLevel.Information, "Deleted {Count} rotated log files of {Bytes:bytes}: older than TrainLogOptions.MaxBackupAge or beyond MaxTotalBackupSize")]
    private static partial void BackupsDeleted(TrainLogger logger, int count, long bytes);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
