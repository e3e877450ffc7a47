namespace FastTrainLog;

/// <summary>A destination of records: a file, a terminal, another logging system.</summary>
/// <remarks>
/// A sink is called from one thread, its own, in the order of the records, and flushed when it has received all that are available. A slow sink
/// slows the log down once its queue is full; if it never returns, the log continues without it. An exception is caught,
/// counted as a loss of this sink and reported in the log; it affects neither other sinks nor a log call.
/// </remarks>
/// <example>
/// <code>
/// public sealed class ErrorCount : ILogSink
/// {
///     private long _errors;
///
///     public long Errors => Interlocked.Read(ref _errors);
///
///     public void Write(in LogRecord record)
///     {
///         if (record.Level >= LogLevel.Error)
///         {
///             Interlocked.Increment(ref _errors);
///         }
///     }
///
///     public void Flush()
///     {
///     }
///
///     public void Dispose()
///     {
///     }
/// }
/// </code>
/// </example>
public interface ILogSink : IDisposable
{
    /// <summary>Receives a record; the sink must copy what it needs later before it returns.</summary>
    /// <param name="record">The record, valid during the call.</param>
    void Write(in LogRecord record);

    /// <summary>Makes what was written visible outside the process.</summary>
    void Flush();
}
