using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>The loggers of the host that a log passes its records on to.</summary>
/// <remarks>Thread-safe. Requested while the host runs, they are available for the last records, when its services no longer are.</remarks>
internal sealed class HostLoggers(IServiceProvider services)
{
    private volatile ILoggerFactory? _loggers;

    /// <summary>Returns the host's loggers.</summary>
    public ILoggerFactory Get()
    {
        if (_loggers is not { } loggers)
        {
            loggers = services.GetRequiredService<ILoggerFactory>();
            // Created after them, and so disposed of before them and their providers.
            services.GetRequiredService<ForwardingEnd>();
            _loggers = loggers;
        }

        return loggers;
    }
}
