using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Configuration;

namespace FastTrainLog;

/// <summary>Adds FastTrainLog to a host's logging.</summary>
public static class TrainLoggingBuilderExtensions
{
    /// <summary>Adds FastTrainLog as a provider, and its <see cref="TrainLogging"/> as a service.</summary>
    /// <remarks>
    /// Options are read from the section <c>Logging:FastTrainLog</c> of the host's configuration, where there is one, and then set by
    /// <paramref name="configure"/>. When the configuration changes while running the levels follow; other options stay.
    /// </remarks>
    /// <param name="builder">The host's logging.</param>
    /// <param name="configure">Sets the options; null for none but those of the configuration.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddFastTrainLog(this ILoggingBuilder builder, Action<TrainLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddConfiguration();
        builder.Services.TryAddSingleton(services => ConfiguredLogging.Create(
            services.GetRequiredService<ILoggerProviderConfiguration<TrainLoggerProvider>>().Configuration, configure ?? (static _ => { })));
        builder.Services.TryAddSingleton(static services => services.GetRequiredService<ConfiguredLogging>().Logging);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, TrainLoggerProvider>());
        return builder;
    }
}
