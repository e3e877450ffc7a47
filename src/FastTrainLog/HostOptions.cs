using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Configuration;
using Microsoft.Extensions.Options;

namespace FastTrainLog;

/// <summary>Sets the options from a host: its configuration, and the sinks in its container.</summary>
internal sealed class HostOptions(ILoggerProviderConfiguration<TrainLoggerProvider> configuration, IServiceProvider services) : IConfigureOptions<TrainLogOptions>
{
    public void Configure(TrainLogOptions options)
    {
        options.IsHosted = true;
        options.HostLoggers = services.GetRequiredService<HostLoggers>().Get;
        foreach (SinkRegistration sink in services.GetServices<SinkRegistration>())
        {
            options.Sinks.Add(sink);
        }

        foreach (ILogSink sink in services.GetServices<ILogSink>())
        {
            options.AddSink(sink);
        }

        try
        {
            options.Read(configuration.Configuration);
        }
        catch (ArgumentException refused)
        {
            // Thrown when the log starts. While it runs, a change of the configuration must not throw: the log reports it.
            options.Refusal = refused;
        }
    }
}
