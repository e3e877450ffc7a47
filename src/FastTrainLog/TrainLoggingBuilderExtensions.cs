using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Adds FastTrainLog to a host's logging.</summary>
public static class TrainLoggingBuilderExtensions
{
    /// <summary>Adds FastTrainLog as a provider, and its <see cref="TrainLogging"/> as a service.</summary>
    /// <param name="builder">The host's logging.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddFastTrainLog(this ILoggingBuilder builder, Action<TrainLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(_ => TrainLogging.Create(configure ?? (static _ => { })));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, TrainLoggerProvider>());
        return builder;
    }
}
