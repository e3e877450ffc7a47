using Microsoft.Extensions.Logging;

namespace FastTrainLog.Testing;

/// <summary>Adds an in-memory log to a host under test.</summary>
public static class InMemoryLoggingBuilderExtensions
{
    /// <summary>Adds an in-memory log, which replaces the host's log. The host's filter rules apply to the host's loggers.</summary>
    /// <param name="builder">The host's logging.</param>
    /// <param name="log">The log; the host ends it, and its records can still be read.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddFastTrainLog(this ILoggingBuilder builder, InMemoryLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return builder.AddFastTrainLog(log.Logging);
    }
}
