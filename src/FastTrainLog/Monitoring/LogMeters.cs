using System.Diagnostics.Metrics;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring;

/// <summary>Shows what a log does as metrics of the meter <c>FastTrainLog</c>, for OpenTelemetry, dotnet-counters and the like.</summary>
/// <remarks>All instruments are observable ones: they read counts that are kept anyway when someone looks, and a log call knows nothing of them.</remarks>
internal sealed class LogMeters : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "FastTrainLog";

    private readonly Meter _meter = new(MeterName);
    private readonly LogPipeline _pipeline;

    public LogMeters(LogPipeline pipeline, BackendLoop backend, IReadOnlyList<RecoveredJournal> recovered)
    {
        _pipeline = pipeline;
        _meter.CreateObservableCounter("fasttrainlog.records.written", () => ByLevel(backend.WrittenByLevel.Read()), "{record}", "Records handed to the sinks.");
        _meter.CreateObservableCounter("fasttrainlog.records.dropped", () => ByLevel(pipeline.Drops.All.Read()), "{record}", "Records dropped by the policy for a full log.");
        _meter.CreateObservableCounter(
            "fasttrainlog.records.logged",
            () => ByLevel(backend.WrittenByLevel.Read().Concat(pipeline.Drops.All.Read())),
            "{record}",
            "Records written or dropped.");
        _meter.CreateObservableCounter("fasttrainlog.records.recovered", () => recovered.Sum(journal => journal.Records), "{record}", "Records recovered at the start from the journals of processes that were killed.");
        _meter.CreateObservableCounter("fasttrainlog.sink.lost", () => BySink(backend.Routes), "{record}", "Records that a sink should have taken and did not.");
        _meter.CreateObservableGauge("fasttrainlog.pages.waiting", () => pipeline.SealedPages, "{page}", "Full pages of 64 KiB that wait for the backend.");
        _meter.CreateObservableGauge("fasttrainlog.backend.lag", () => backend.Lag.TotalSeconds, "s", "The age of the oldest record that the backend's last cycle wrote, at the cycle's beginning.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ByLevel(IEnumerable<(int Logger, LogLevel Level, long Count)> counts) =>
        counts
            .GroupBy(entry => (entry.Logger, entry.Level), entry => entry.Count)
            .Select(entry => new Measurement<long>(
                entry.Sum(),
                new KeyValuePair<string, object?>("category", _pipeline.Loggers[entry.Key.Logger].Category),
                new KeyValuePair<string, object?>("level", entry.Key.Level.ToString())));

    private static IEnumerable<Measurement<long>> BySink(IReadOnlyList<SinkRoute> routes) =>
        routes.Select(route => new Measurement<long>(route.Lost, new KeyValuePair<string, object?>("sink", route.Name)));
}
