using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Configuration;
using Microsoft.Extensions.Options;

namespace FastTrainLog;

/// <summary>Adds FastTrainLog to a host's logging.</summary>
/// <remarks>
/// The host's <see cref="ILogger"/>s then write to its files too, subject to the host's rules. It registers the services <see cref="TrainLogging"/>,
/// <see cref="ITrainLoggerFactory"/> and <see cref="TrainLogger"/>: that of <see cref="LogCategories.Main"/>, or with <c>[FromKeyedServices("category")]</c> that of a
/// category. Options are read from the section <c>Logging:FastTrainLog</c> of the configuration, if there is one, and then set by the code here and by
/// <c>services.Configure&lt;TrainLogOptions&gt;</c>. When the configuration changes at run time, the levels follow; other options stay as they are.
/// </remarks>
public static class TrainLoggingBuilderExtensions
{
    /// <summary>Adds FastTrainLog as a provider, and its <see cref="TrainLogging"/> as a service.</summary>
    /// <param name="builder">The host's logging.</param>
    /// <param name="configure">Sets the options, once; null for none but those of the configuration.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddFastTrainLog(this ILoggingBuilder builder, Action<TrainLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add(builder, configure is null ? null : (_, options) => configure(options));
    }

    /// <summary>Adds FastTrainLog as a provider, and its <see cref="TrainLogging"/> as a service.</summary>
    /// <param name="builder">The host's logging.</param>
    /// <param name="configure">Sets the options, once, with access to the host's services. They must not need an <see cref="ILogger"/>, which is created after the log.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddFastTrainLog(this ILoggingBuilder builder, Action<IServiceProvider, TrainLogOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(builder, configure);
    }

    /// <summary>Adds an existing log, such as one to which the program logs its start: as a provider, and as a service.</summary>
    /// <remarks>It keeps its own options, even if the host has a section for them. The host closes it.</remarks>
    /// <param name="builder">The host's logging.</param>
    /// <param name="logging">The log.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddFastTrainLog(this ILoggingBuilder builder, TrainLogging logging)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(logging);
        builder.Services.Replace(ServiceDescriptor.Singleton(_ => new ConfiguredLogging(logging)));
        return Add(builder, configure: null);
    }

    /// <summary>Adds FastTrainLog to the host's logging, and its <see cref="TrainLogging"/> as a service.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options, once; null for none but those of the configuration.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddFastTrainLog(this IServiceCollection services, Action<TrainLogOptions>? configure = null) =>
        services.AddLogging(builder => builder.AddFastTrainLog(configure));

    /// <summary>Adds FastTrainLog to the host's logging, and its <see cref="TrainLogging"/> as a service.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options, once, with access to the host's services. They must not need an <see cref="ILogger"/>, which is created after the log.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddFastTrainLog(this IServiceCollection services, Action<IServiceProvider, TrainLogOptions> configure) =>
        services.AddLogging(builder => builder.AddFastTrainLog(configure));

    /// <summary>Adds a sink that the host's container creates. A sink registered as an <see cref="ILogSink"/> is used too, and receives all records.</summary>
    /// <remarks>The log disposes of it at its end, and the container, which created it, once more.</remarks>
    /// <typeparam name="TSink">The sink's type.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="filter">The filter of its records; null for all.</param>
    /// <param name="name">The sink's name in messages; its type's name if this is null.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddTrainLogSink<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>(
        this IServiceCollection services, RecordFilter? filter = null, string? name = null)
        where TSink : class, ILogSink
    {
        services.TryAddSingleton<TSink>();
        return services.AddSingleton(provider => new SinkRegistration(name ?? typeof(TSink).Name, provider.GetRequiredService<TSink>(), filter));
    }

    private static ILoggingBuilder Add(ILoggingBuilder builder, Action<IServiceProvider, TrainLogOptions>? configure)
    {
        builder.AddConfiguration();
        IServiceCollection services = builder.Services;
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<TrainLogOptions>, HostOptions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOptionsChangeTokenSource<TrainLogOptions>, LoggerProviderOptionsChangeTokenSource<TrainLogOptions, TrainLoggerProvider>>());
        if (configure is not null)
        {
            services.AddSingleton<IConfigureOptions<TrainLogOptions>>(provider => new CodeOptions(provider, configure));
        }

        services.TryAddSingleton<HostLoggers>();
        services.TryAddSingleton<ForwardingEnd>();
        services.TryAddSingleton(static provider => new ConfiguredLogging(provider.GetRequiredService<IOptionsMonitor<TrainLogOptions>>()));
        services.TryAddSingleton(static provider => ForUsers(provider));
        services.TryAddSingleton<ITrainLoggerFactory>(static provider => provider.GetRequiredService<TrainLogging>());
        services.TryAddTransient(static provider => provider.GetRequiredService<ITrainLoggerFactory>().GetLogger(LogCategories.Main));
        services.TryAddKeyedTransient(KeyedService.AnyKey, static (provider, category) => provider.GetRequiredService<ITrainLoggerFactory>().GetLogger((string)category!));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, TrainLoggerProvider>(
            static provider => new TrainLoggerProvider(provider.GetRequiredService<ConfiguredLogging>().Logging)));
        return builder;
    }

    // Before anything is logged to it: the loggers of the host must exist while it runs, and the log is one of their providers.
    private static TrainLogging ForUsers(IServiceProvider provider)
    {
        TrainLogging logging = provider.GetRequiredService<ConfiguredLogging>().Logging;
        if (logging.Options.ForwardToProviders)
        {
            provider.GetRequiredService<HostLoggers>().Get();
        }

        return logging;
    }
}
