using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace FastTrainLog.Tool.Shipping;

/// <summary>Serves the meter <c>FastTrainLog</c> of this process to Prometheus, on loopback.</summary>
internal sealed class PrometheusEndpoint : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly WebApplication _server;

    private PrometheusEndpoint(MeterProvider metrics, WebApplication server) => (_metrics, _server) = (metrics, server);

    /// <summary>Opens it.</summary>
    /// <exception cref="ToolException">The port is taken, or may not be used.</exception>
    public static PrometheusEndpoint Open(int port)
    {
        WebApplicationBuilder builder = CommandServer.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var endpoint = new PrometheusEndpoint(Sdk.CreateMeterProviderBuilder().AddMeter(TrainLogging.MeterName).AddPrometheusExporter().Build(), builder.Build());
        try
        {
            endpoint._server.UseOpenTelemetryPrometheusScrapingEndpoint(endpoint._metrics, predicate: null, path: null, configureBranchedPipeline: null, optionsName: null);
            endpoint._server.Start();
            return endpoint;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            endpoint.Dispose();
            throw new ToolException($"--prometheus: port {port} cannot be served, because {exception.Message}");
        }
    }

    public void Dispose()
    {
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _metrics.Dispose();
    }
}
