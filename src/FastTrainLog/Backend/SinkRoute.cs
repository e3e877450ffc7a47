using System.Diagnostics;
using FastTrainLog.Formatting;
using FastTrainLog.Frontend;
using FastTrainLog.Platform;
using FastTrainLog.Sinks;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Backend;

/// <summary>A sink with its filter and the handling of its failures.</summary>
/// <remarks>
/// A sink that throws loses the record, is paused for a time that doubles with each successive failure, and is then retried. The
/// log's own files are written by the backend's thread, because a checkpoint of the journal contains their lengths; every other sink has
/// its own thread, so that one that hangs blocks nothing else. A file that cannot be written keeps its lines, and is retried each second.
/// </remarks>
internal sealed class SinkRoute(string name, ILogSink sink, RecordFilter? filter, bool isOurs = false)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // The pages of records that a file has not written are kept meanwhile.
    private static readonly TimeSpan LongestPauseOfFile = TimeSpan.FromSeconds(1);

    private SinkQueue? _queue;
    private TimeSpan _pause;
    private long _resumeAt;
    private long _lost;
    private volatile bool _mustFlushAgain;
    private Exception? _unreported;
    private Exception? _lastFailure;
    private bool _isReportedFailing;

    public string Name { get; } = name;

    public ILogSink Sink => sink;

    /// <summary>Gets the sink's file, if it is one of the log's own.</summary>
    public RollingFile? File { get; } = (sink as RollingFileSink)?.File;

    /// <summary>Gets whether the backend's thread writes to the sink itself.</summary>
    public bool IsOnBackendThread => _queue is null;

    /// <summary>Gets the number of records that the sink should have received and did not.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Gets whether the sink's last flush failed, so that it must be flushed again even without a new record.</summary>
    public bool MustFlushAgain => _mustFlushAgain;

    /// <summary>Gets whether a hang was reported, but not its end.</summary>
    public bool IsReportedHanging { get; set; }

    /// <summary>Gives the sink a thread of its own, unless it is one of the log's files or otherwise ours.</summary>
    public void Start(LogPipeline pipeline, LineStyle style)
    {
        if (!isOurs && File is null)
        {
            _queue = new SinkQueue(this, pipeline, style);
        }
    }

    public void Write(in LogRecord record)
    {
        try
        {
            if (filter is not null && !filter(record))
            {
                return;
            }
        }
        catch (Exception exception)
        {
            // A filter is user code, like its sink.
            Lose(1, exception);
            return;
        }

        if (_queue is null)
        {
            Deliver(record);
        }
        else if (!_queue.TryAdd(record))
        {
            Lose(1, null);
        }
    }

    /// <summary>Writes a record of a process that was killed; exceptions of the filter or the sink are not caught.</summary>
    public void WriteRecovered(in LogRecord record)
    {
        if (filter is null || filter(record))
        {
            sink.Write(record);
        }
    }

    /// <summary>Flushes the sink, or makes its own thread do so.</summary>
    /// <param name="isAsked">Whether a caller waits for it, so that a pause after a failure is skipped.</param>
    public void Flush(bool isAsked)
    {
        if (_queue is null)
        {
            DeliverFlush(isAsked);
        }
        else
        {
            _queue.Flush();
        }
    }

    /// <summary>Makes a flush wait for the sink's own thread.</summary>
    public void Join(FlushRequest request) => _queue?.Join(request);

    /// <summary>Waits until the sink's own thread has processed its records.</summary>
    public void Drain(TimeSpan timeout) => _queue?.Drain(timeout);

    /// <summary>Gets the time for which the sink has blocked its own thread, if it hangs; otherwise null.</summary>
    public TimeSpan? Hangs() => _queue?.Hangs();

    /// <summary>Passes a record to the sink; called by the thread that the sink belongs to.</summary>
    public void Deliver(in LogRecord record)
    {
        if (File is null && IsPaused)
        {
            Lose(1, null);
            return;
        }

        try
        {
            sink.Write(record);
        }
        catch (Exception exception)
        {
            Pause();
            Lose(1, exception);
        }
    }

    /// <summary>Flushes the sink; called by the thread that the sink belongs to.</summary>
    /// <param name="isAsked">Whether a pause after a failure is skipped.</param>
    public void DeliverFlush(bool isAsked = false)
    {
        if (IsPaused && !isAsked)
        {
            return;
        }

        try
        {
            sink.Flush();
            _pause = TimeSpan.Zero;
            _mustFlushAgain = false;
        }
        catch (Exception exception)
        {
            Pause();
            _mustFlushAgain = true;
            if (!_isReportedFailing)
            {
                // A file's failure is reported only once until it is over, because it is retried often.
                _isReportedFailing = File is not null;
                Lose(0, exception);
            }
        }
    }

    /// <summary>Discards the lines that a file holds and cannot write.</summary>
    public void GiveUpLines()
    {
        Exception? reason = File!.Failure;
        _mustFlushAgain = false;
        Lose(File.Discard(), reason);
    }

    /// <summary>Takes how long a file could not be written, if its failure was reported and is over now; null otherwise.</summary>
    public TimeSpan? TakeEndOfFailure()
    {
        if (!_isReportedFailing || File!.Failure is not null)
        {
            return null;
        }

        _isReportedFailing = false;
        return Stopwatch.GetElapsedTime(File.FailingSince);
    }

    /// <summary>Disposes the sink; called by the thread that the sink belongs to.</summary>
    public void DisposeSink()
    {
        try
        {
            sink.Dispose();
        }
        catch (Exception exception)
        {
            Lose(0, exception);
        }
    }

    /// <summary>Ends the sink, and reports on standard error what it lost: the log can no longer report it, or never could if this is the only sink.</summary>
    public void Close(TimeSpan timeout)
    {
        bool ended = true;
        if (File is { IsBehind: true })
        {
            GiveUpLines();
        }

        if (_queue is null)
        {
            DisposeSink();
        }
        else if (!_queue.Stop(_queue.Hangs() is null ? timeout : TimeSpan.Zero))
        {
            ended = false;
            Lose(_queue.Waiting, null);
            StandardError.WriteLine($"FastTrainLog: sink {Name} hangs and was abandoned; {Lost} records of it are lost.");
        }

        if (TakeFailure() is { } failure)
        {
            StandardError.WriteLine($"FastTrainLog: sink {Name} failed at the end; {Lost} records of it are lost: {failure}");
        }
        else if (ended && Lost > 0)
        {
            string reason = Volatile.Read(ref _lastFailure) is { } last ? $"its last failure was {last.GetType()}: {last.Message}" : "it hung";
            StandardError.WriteLine($"FastTrainLog: sink {Name} lost {Lost} records; {reason}");
        }
    }

    /// <summary>Counts records as lost, for a reason that the log has yet to report.</summary>
    public void Lose(long records, Exception? reason)
    {
        Interlocked.Add(ref _lost, records);
        if (reason is not null)
        {
            Volatile.Write(ref _lastFailure, reason);
            Volatile.Write(ref _unreported, reason);
        }
    }

    /// <summary>Takes the failure that was not yet reported.</summary>
    public Exception? TakeFailure() => Interlocked.Exchange(ref _unreported, null);

    private bool IsPaused => _pause != TimeSpan.Zero && Stopwatch.GetTimestamp() < _resumeAt;

    private void Pause()
    {
        _pause = _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, (File is null ? LongestPause : LongestPauseOfFile).Ticks));
        _resumeAt = Stopwatch.GetTimestamp() + (long)(_pause.TotalSeconds * Stopwatch.Frequency);
    }
}
