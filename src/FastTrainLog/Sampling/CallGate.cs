using System.ComponentModel;
using FastTrainLog.Records;
using FastTrainLog.Platform;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sampling;

/// <summary>Decides which calls of a call site are logged, and counts the others; used by generated code.</summary>
/// <remarks>Thread-safe; a call takes no lock and one interlocked operation.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract partial class CallGate
{
    private readonly CallSite _site;
    private ILogger? _suppressedOn;

    private protected CallGate(CallSite site)
    {
        _site = site;
        SuppressedCalls.Watch(this);
    }

    /// <summary>Returns whether a call is logged.</summary>
    /// <param name="logger">The logger, enabled at the call's level.</param>
    /// <param name="suppressed">The calls suppressed since the last record; 0 if this one is suppressed.</param>
    /// <returns>True if it is.</returns>
    public abstract bool TryPass(ILogger logger, out long suppressed);

    /// <summary>Logs how many calls were suppressed since the last record, to the logger of the last suppressed call.</summary>
    /// <param name="concerns">Returns whether a logger gets its report now; calls of other loggers stay counted.</param>
    internal void Report(Predicate<ILogger> concerns)
    {
        if (Volatile.Read(ref _suppressedOn) is not { } logger || !concerns(logger))
        {
            return;
        }

        Volatile.Write(ref _suppressedOn, null);
        long count = TakeSuppressed();
        if (count == 0)
        {
            return;
        }

        string name = _site.EventId.Name ?? string.Empty;
        try
        {
            CallsSuppressed(logger, _site.Level == CallSite.LevelInRecord ? LogLevel.Information : _site.Level, count, name);
        }
        catch (Exception failure)
        {
            // A logger of another system that is disposed already; the process must still end normally.
            StandardError.WriteLine($"FastTrainLog: {count} calls of {name} were suppressed after its last record, and the logger could no longer log this: {failure.Message}");
        }
    }

    /// <summary>Notes that a call was suppressed.</summary>
    private protected void Suppress(ILogger logger)
    {
        // Usually the same logger again: only reading it keeps the cache line shared.
        if (!ReferenceEquals(_suppressedOn, logger))
        {
            _suppressedOn = logger;
        }
    }

    /// <summary>Returns how many calls were suppressed since the last record, and resets the count.</summary>
    private protected abstract long TakeSuppressed();

    [TrainLog(EventId = 9008, Message = "{Count} calls of {Event} were suppressed after its last record")]
    private static partial void CallsSuppressed(ILogger logger, LogLevel level, long count, string @event);
}
