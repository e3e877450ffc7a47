using System.ComponentModel;
using FastTrainLog.Backend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sampling;

/// <summary>Decides which calls of a call site are logged, and counts the others; generated code asks it.</summary>
/// <remarks>Thread-safe; a call takes no lock and one interlocked operation.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CallGate
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
    /// <param name="suppressed">The calls that were left out since the last record; 0 where this one is left out.</param>
    /// <returns>True where it is.</returns>
    public abstract bool TryPass(ILogger logger, out long suppressed);

    /// <summary>Logs how many calls were left out since the last record, to the logger of the last one of them.</summary>
    /// <param name="ending">The pipeline that ends, for which loggers of other pipelines are passed over; null where the process ends.</param>
    internal void Report(Frontend.LogPipeline? ending)
    {
        if (Volatile.Read(ref _suppressedOn) is not { } logger || (ending is not null && logger is TrainLogger own && own.Pipeline != ending))
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
            BackendMessages.CallsSuppressed(logger, _site.Level == CallSite.LevelInRecord ? LogLevel.Information : _site.Level, count, name);
        }
        catch (Exception failure)
        {
            // A logger of somebody else's that is disposed already; the process must still end in good order.
            StandardError.WriteLine($"FastTrainLog: {count} calls of {name} were suppressed after its last record, and the logger could not take that any more: {failure.Message}");
        }
    }

    /// <summary>Notes that a call was left out.</summary>
    private protected void Suppress(ILogger logger)
    {
        // Mostly the same logger again: reading it leaves the cache line shared.
        if (!ReferenceEquals(_suppressedOn, logger))
        {
            _suppressedOn = logger;
        }
    }

    /// <summary>Returns how many calls were left out since the last record, and forgets them.</summary>
    private protected abstract long TakeSuppressed();
}
