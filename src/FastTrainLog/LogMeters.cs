using System.Diagnostics.Metrics;
using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Resources;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Exposes the log's activity as metrics of the meter <c>FastTrainLog</c>, for OpenTelemetry, dotnet-counters and similar tools.</summary>
/// <remarks>Its instruments are observable: they read existing counters when a listener requests them, and add no cost to a log call.</remarks>
internal sealed class LogMeters : IDisposable
{
    private readonly Meter _meter = new(TrainLogging.MeterName);
    private readonly LogPipeline _pipeline;

    public LogMeters(LogPipeline pipeline, BackendLoop backend, IReadOnlyList<RecoveredJournal> recovered, Func<GpuLoad> gpu)
    {
        _pipeline = pipeline;
        _meter.CreateObservableCounter("fasttrainlog.records.written", () => ByLevel(Written(backend)), "{record}", "Records passed to the sinks.");
        _meter.CreateObservableCounter("fasttrainlog.records.dropped", () => ByLevel(Dropped(pipeline)), "{record}", "Records dropped by the policy for a full log.");
        _meter.CreateObservableCounter(
            "fasttrainlog.records.logged",
            () => ByLevel(Written(backend).Concat(Dropped(pipeline))),
            "{record}",
            "Records written or dropped.");
        _meter.CreateObservableCounter("fasttrainlog.records.recovered", () => recovered.Sum(journal => journal.Records), "{record}", "Records recovered at the start from the journals of processes that were killed.");
        _meter.CreateObservableCounter("fasttrainlog.sink.lost", () => BySink(backend.Routes), "{record}", "Records that a sink should have received and did not.");
        _meter.CreateObservableGauge("fasttrainlog.pages.waiting", () => pipeline.SealedPages, "{page}", "Full pages of 64 KiB that wait in the channel to the backend.");
        _meter.CreateObservableGauge("fasttrainlog.backend.lag", () => backend.Lag.TotalSeconds, "s", "The age of the oldest record that the backend's last cycle wrote, at the cycle's beginning.");
        Training = new TrainingMeters(_meter, gpu);
    }

    /// <summary>Gets the metrics of the runs.</summary>
    public TrainingMeters Training { get; }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<(string Category, LogLevel Level, long Count)> Written(BackendLoop backend) =>
        backend.WrittenByLevel.Read().Select(entry => (_pipeline.Loggers[entry.Logger].Category, entry.Level, entry.Count));

    private static IEnumerable<(string Category, LogLevel Level, long Count)> Dropped(LogPipeline pipeline) =>
        pipeline.Drops.Counts.Select(count => (count.Category, count.Level, count.Dropped));

    // A run has loggers of its own: one figure for all of a category.
    private static IEnumerable<Measurement<long>> ByLevel(IEnumerable<(string Category, LogLevel Level, long Count)> counts) =>
        counts
            .GroupBy(static entry => (entry.Category, entry.Level), static entry => entry.Count)
            .Select(entry => new Measurement<long>(
                entry.Sum(),
                new KeyValuePair<string, object?>("category", entry.Key.Category),
                new KeyValuePair<string, object?>("level", entry.Key.Level.ToString())));

    private static IEnumerable<Measurement<long>> BySink(IReadOnlyList<SinkRoute> routes) =>
        routes.Select(route => new Measurement<long>(route.Lost, new KeyValuePair<string, object?>("sink", route.Name)));
}
