using FastTrainLog.ZLogger;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Adds ZLogger as a destination of a training run's records.</summary>
public static class ZLoggerTrainLogOptionsExtensions
{
    /// <summary>Adds ZLogger's providers as a sink.</summary>
    /// <example><code>options.AddZLogger(zlogger => zlogger.AddZLoggerFile("zlogger.log"));</code></example>
    /// <param name="options">The options.</param>
    /// <param name="configure">Adds ZLogger's providers, as to a host's logging.</param>
    /// <param name="filter">The records that they take; null for all.</param>
    /// <returns>These options.</returns>
    public static TrainLogOptions AddZLogger(this TrainLogOptions options, Action<ILoggingBuilder> configure, RecordFilter? filter = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AddSink(new ZLoggerSink(configure), filter, "ZLogger");
    }
}
