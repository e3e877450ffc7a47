using System.Runtime.InteropServices;
using FastTrainLog.Encryption;
using FastTrainLog.Files;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>Compresses rotated files and deletes old ones, on a separate thread of low priority.</summary>
/// <remarks>
/// The backend never waits for it: it takes a file's lock for single renames only. It touches no rotated file before a checkpoint
/// covers its rotation, because a recovery may have to undo that.
/// </remarks>
internal sealed partial class BackupKeeper
{
    private const int PieceBytes = 256 * 1024;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    // Of the limit, from which on the log warns of it.
    private const double NearLimit = 0.8;

    private readonly IReadOnlyList<RotatedFiles> _files;
    private readonly IReadOnlyList<RotatedFiles> _compressed;
    private readonly Retention? _retention;
    private readonly BackupKey? _key;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _rotated = new(false);
    private readonly Thread _thread;
    private readonly byte[] _piece = new byte[PieceBytes];
    private readonly LookPace _pace = new(TimeProvider.System);
    private volatile bool _stopping;
    private string? _reported;
    private bool _isWarned;

    /// <summary>Starts the thread, which handles what earlier runs left first.</summary>
    /// <param name="files">The rotated files of each file of the log.</param>
    /// <param name="compressed">Those of them that are compressed.</param>
    /// <param name="retention">What deletes old ones; null for nothing.</param>
    /// <param name="key">The key with which they are encrypted; null for none.</param>
    /// <param name="logger">Reports failures.</param>
    public BackupKeeper(IReadOnlyList<RotatedFiles> files, IReadOnlyList<RotatedFiles> compressed, Retention? retention, BackupKey? key, ILogger logger)
    {
        _files = files;
        _compressed = compressed;
        _retention = retention;
        _key = key;
        _logger = logger;
        foreach (RotatedFiles file in files)
        {
            file.OnSettled = () => _rotated.Set();
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "FastTrainLog backups", Priority = ThreadPriority.Lowest };
        _thread.Start();
    }

    /// <summary>Stops the thread and waits for it: a compression in progress is abandoned, and its file left to the next start.</summary>
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
            // .NET's priorities have no effect there; the thread's nice value has. At 10 it gets a tenth of what a training thread
            // has on the same core: at 19 files would be rotated faster than they are compressed.
            _ = SetPriority(which: 0, who: 0, priority: 10);
        }

        while (!_stopping)
        {
            bool hasMore = false;
            Attempt(() => hasMore = CompressOne());
            // Also where files are rotated faster than they are compressed: the limit holds for all of them. But each look lists the whole
            // directory, 18 ms of 5,000 files, so not after each of thousands that are compressed one after another.
            if (!hasMore || _pace.IsDue)
            {
                Attempt(() => _pace.Look(DeleteOld));
            }

            if (!hasMore)
            {
                _rotated.WaitOne(LookInterval);
            }
        }
    }

    /// <summary>Compresses the oldest rotated file of each file of the log.</summary>
    /// <returns>Whether there was one.</returns>
    private bool CompressOne()
    {
        bool isAny = false;
        foreach (RotatedFiles files in _compressed)
        {
            if (!_stopping && files.BeginCompression() is { } plain)
            {
                using (plain)
                {
                    Compress(plain, files);
                }

                isAny = true;
            }
        }

        return isAny;
    }

    private void Compress(FileStream plain, RotatedFiles files)
    {
        bool isWhole = false;
        try
        {
            using FileStream target = FileSystem.CreateClosed(files.TemporaryPath, FileShare.Read | FileShare.Delete);
            using (EncryptingStream? encrypting = _key is null ? null : new EncryptingStream(target, _key))
            using (Stream compressed = BackupEncoding.Compress(encrypting ?? (Stream)target, files.Format))
            {
                int read;
                while ((read = plain.Read(_piece)) > 0)
                {
                    if (_stopping)
                    {
                        return;
                    }

                    compressed.Write(_piece, 0, read);
                }
            }

            FileSystem.CopyMode(plain.SafeFileHandle, target.SafeFileHandle);
            // The plain file may have been on the disk for long: it is deleted only when the compressed one is on the disk too.
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
        if (_retention?.Apply(_files, () => _stopping) is not { } result)
        {
            return;
        }

        if (result.Deleted > 0)
        {
            BackupMessages.Deleted(_logger, result.Deleted, result.DeletedBytes);
        }

        if (result.Unread > 0)
        {
            BackupMessages.DeletedUnread(_logger, result.Unread, result.UnreadBytes);
        }

        if (_retention.MaxTotalSize > 0 && result.TotalBytes > NearLimit * _retention.MaxTotalSize && !_isWarned)
        {
            _isWarned = true;
            BackupMessages.NearLimit(_logger, result.TotalBytes, _retention.MaxTotalSize);
        }

        if (result.Reduced > 0)
        {
            BackupMessages.Reduced(_logger, result.Reduced, result.FreedBytes, _retention.MaxTotalSize);
        }

        if (result.Unreadable is { } reason)
        {
            Report(reason);
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
            // It must never end the training.
            Report(exception.Message);
        }
    }

    // What failed is retried at every check; one report of the same failure is enough.
    private void Report(string reason)
    {
        if (_reported != reason)
        {
            _reported = reason;
            BackupMessages.Failed(_logger, reason);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
