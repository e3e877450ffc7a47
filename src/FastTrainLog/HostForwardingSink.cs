using FastTrainLog.Frontend;
using FastTrainLog.Sinks;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Passes records on to the loggers of the host that the log itself is a provider of.</summary>
/// <remarks>The host's loggers pass each record back to this log, which ignores it: it has it already.</remarks>
/// <param name="host">Returns the host's loggers, which exist only after all its providers, and so after this log.</param>
internal sealed class HostForwardingSink(Func<ILoggerFactory> host) : ILogSink
{
    private LoggerForwardingSink? _sink;
    private bool _hasEnded;

    public void Write(in LogRecord record)
    {
        if (_hasEnded)
        {
            return;
        }

        LogPipeline.IsForwarding = true;
        try
        {
            _sink ??= new LoggerForwardingSink(host());
            _sink.Write(record);
        }
        catch (ObjectDisposedException)
        {
            // The host and its loggers have ended. This log is closed a little later.
            _hasEnded = true;
        }
        finally
        {
            LogPipeline.IsForwarding = false;
        }
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
