using System.Diagnostics;
using FastTrainLog.Frontend;
using FastTrainLog.Sinks;

namespace FastTrainLog.Backend;

/// <summary>A sink with what may reach it, and what becomes of it when it fails.</summary>
/// <remarks>
/// A sink that throws loses the record, is left alone for a while that doubles with each failure in a row, and is then tried again. The
/// log's own files are written by the backend's thread, because a checkpoint of the journal says how long they are; every other sink has
/// a thread of its own, so that one that hangs holds nobody up.
/// </remarks>
internal sealed class SinkRoute(string name, ILogSink sink, RecordFilter? filter, bool isOurs = false)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private SinkQueue? _queue;
    private TimeSpan _pause;
    private long _resumeAt;
    private long _lost;
    private volatile bool _mustFlushAgain;
    private Exception? _unreported;
    private Exception? _lastFailure;

    public string Name { get; } = name;

    public ILogSink Sink => sink;

    /// <summary>Gets whether the backend's thread writes to the sink itself.</summary>
    public bool IsOnBackendThread => _queue is null;

    /// <summary>Gets the number of records that the sink should have taken and did not.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Gets whether the sink's last flush failed, so that what it holds must be flushed although no record comes.</summary>
    public bool MustFlushAgain => _mustFlushAgain;

    /// <summary>Gets whether a hang was reported whose end was not.</summary>
    public bool IsReportedHanging { get; set; }

    /// <summary>Gives the sink a thread of its own, unless it is one of the log's files or otherwise ours.</summary>
    public void Start(LogPipeline pipeline, bool symbols)
    {
        if (!isOurs && sink is not RollingFileSink)
        {
            _queue = new SinkQueue(this, pipeline, symbols);
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
            // A filter is the user's code like the sink behind it.
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

    /// <summary>Writes a record of a process that was killed; what the filter or the sink throws passes through.</summary>
    public void WriteRecovered(in LogRecord record)
    {
        if (filter is null || filter(record))
        {
            sink.Write(record);
        }
    }

    public void Flush()
    {
        if (_queue is null)
        {
            DeliverFlush();
        }
        else
        {
            _queue.Flush();
        }
    }

    /// <summary>Makes a flush wait for the sink's own thread.</summary>
    public void Join(FlushRequest request) => _queue?.Join(request);

    /// <summary>Waits for the sink's own thread to take what it was given.</summary>
    public void Drain(TimeSpan timeout) => _queue?.Drain(timeout);

    /// <summary>Gets the time for which the sink has kept its own thread, where it hangs; otherwise null.</summary>
    public TimeSpan? Hangs() => _queue?.Hangs();

    /// <summary>Hands a record to the sink; called by the thread that the sink belongs to.</summary>
    public void Deliver(in LogRecord record)
    {
        if (IsPaused)
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
    public void DeliverFlush()
    {
        if (IsPaused)
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
            Lose(0, exception);
        }
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

    /// <summary>Ends the sink, and says on standard error what it lost: the log could not say it any more, or not where this is the only sink.</summary>
    public void Close(TimeSpan timeout)
    {
        bool ended = true;
        if (_queue is null)
        {
            DisposeSink();
        }
        else if (!_queue.Stop(_queue.Hangs() is null ? timeout : TimeSpan.Zero))
        {
            ended = false;
            Lose(_queue.Waiting, null);
            StandardError.WriteLine($"FastTrainLog: sink {Name} hangs and was left behind; {Lost} records of it are lost.");
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

    /// <summary>Counts records as lost, for a reason that the log is still to report.</summary>
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
        _pause = _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        _resumeAt = Stopwatch.GetTimestamp() + (long)(_pause.TotalSeconds * Stopwatch.Frequency);
    }
}
