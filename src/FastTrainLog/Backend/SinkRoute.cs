using System.Diagnostics;

namespace FastTrainLog.Backend;

/// <summary>A sink with what may reach it, and what becomes of it when it fails.</summary>
/// <remarks>A sink that throws loses the record, is left alone for a while that doubles with each failure in a row, and is then tried again.</remarks>
internal sealed class SinkRoute(string name, ILogSink sink, RecordFilter? filter) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private TimeSpan _pause;
    private long _resumeAt;
    private Exception? _unreported;

    public string Name { get; } = name;

    public ILogSink Sink => sink;

    /// <summary>Gets the number of records that the sink should have taken and did not.</summary>
    public long Lost { get; private set; }

    public void Write(in LogRecord record)
    {
        if (filter is not null && !filter(record))
        {
            return;
        }

        if (IsPaused)
        {
            Lost++;
            return;
        }

        try
        {
            sink.Write(record);
        }
        catch (Exception exception)
        {
            Lost++;
            Pause(exception);
        }
    }

    public void Flush()
    {
        if (IsPaused)
        {
            return;
        }

        try
        {
            sink.Flush();
            _pause = TimeSpan.Zero;
        }
        catch (Exception exception)
        {
            Pause(exception);
        }
    }

    public void Dispose()
    {
        try
        {
            sink.Dispose();
        }
        catch (Exception exception)
        {
            _unreported = exception;
        }
    }

    /// <summary>Takes the failure that was not yet reported.</summary>
    public Exception? TakeFailure() => Interlocked.Exchange(ref _unreported, null);

    private bool IsPaused => _pause != TimeSpan.Zero && Stopwatch.GetTimestamp() < _resumeAt;

    private void Pause(Exception exception)
    {
        _unreported = exception;
        _pause = _pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        _resumeAt = Stopwatch.GetTimestamp() + (long)(_pause.TotalSeconds * Stopwatch.Frequency);
    }
}
