using System.Net;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace FastTrainLog.Tool.Shipping;

/// <summary>Serves the meter <c>FastTrainLog</c> of this process to Prometheus, on loopback.</summary>
internal static class PrometheusEndpoint
{
    /// <summary>Opens it.</summary>
    /// <exception cref="ToolException">The port is taken, or may not be used.</exception>
    public static MeterProvider Open(int port)
    {
        try
        {
            return Sdk.CreateMeterProviderBuilder()
                .AddMeter(TrainLogging.MeterName)
                .AddPrometheusHttpListener(options => (options.Host, options.Port) = ("127.0.0.1", port))
                .Build();
        }
        catch (Exception exception) when (exception is HttpListenerException or ArgumentException)
        {
            throw new ToolException($"--prometheus: port {port} cannot be served, because {exception.Message}");
        }
    }
}
