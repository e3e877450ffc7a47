namespace FastTrainLog.Backend;

/// <summary>Where records go: a file, a terminal, another logging system.</summary>
/// <remarks>
/// The backend calls a sink from one thread at a time, in the order of the records, and flushes it at the end of every cycle. An
/// exception is caught, counted as a loss of this sink's and reported in the log; it reaches neither other sinks nor a log call.
/// </remarks>
public interface ILogSink : IDisposable
{
    /// <summary>Takes a record; what it needs of it must be copied before it returns.</summary>
    /// <param name="record">The record, valid during the call.</param>
    void Write(in LogRecord record);

    /// <summary>Makes what was written visible outside the process.</summary>
    void Flush();
}
