namespace FastTrainLog.Backend;

/// <summary>Where records go: a file, a terminal, another logging system.</summary>
/// <remarks>
/// A sink is called from one thread, its own, in the order of the records, and flushed when it has taken what there was. What it does
/// slowly slows the log down once its queue is full; when it does not come back at all the log goes on without it. An exception is caught,
/// counted as a loss of this sink's and reported in the log; it reaches neither other sinks nor a log call.
/// </remarks>
public interface ILogSink : IDisposable
{
    /// <summary>Takes a record; what it needs of it must be copied before it returns.</summary>
    /// <param name="record">The record, valid during the call.</param>
    void Write(in LogRecord record);

    /// <summary>Makes what was written visible outside the process.</summary>
    void Flush();
}
