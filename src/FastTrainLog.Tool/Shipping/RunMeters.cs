using System.Diagnostics.Metrics;
using FastTrainLog.Dashboard;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Metrics;
using FastTrainLog.Monitoring;

namespace FastTrainLog.Tool.Shipping;

/// <summary>Publishes the latest figures of the runs in logs as metrics of the meter <c>FastTrainLog</c>, as the processes do that train them.</summary>
/// <remarks>The logs are read through their indexes, and only while somebody asks for the metrics.</remarks>
internal sealed class RunMeters : IDisposable
{
    private readonly Meter _meter = new(TrainLogging.MeterName);
    private readonly LogCatalog _catalog;
    private readonly LogWatcher _watcher;

    /// <param name="directories">The log directories, and those with log directories below them.</param>
    public RunMeters(IEnumerable<string> directories)
    {
        var options = new DashboardOptions();
        foreach (string directory in directories)
        {
            options.Directories.Add(directory);
        }

        _catalog = new LogCatalog(options);
        _watcher = new LogWatcher(_catalog, options);
        _watcher.StartAsync(CancellationToken.None);
        foreach (RunMetric metric in RunMetric.All)
        {
            TrainingInstrument instrument = metric.Instrument;
            foreach (RunSeries series in metric.Series)
            {
                if (instrument.Kind == InstrumentKind.Counter)
                {
                    _meter.CreateObservableCounter(instrument.Name, () => Read(series), instrument.Unit, instrument.Description);
                }
                else if (instrument.Kind == InstrumentKind.Gauge)
                {
                    _meter.CreateObservableGauge(instrument.Name, () => Read(series), instrument.Unit, instrument.Description);
                }
                else
                {
                    // An instrument of .NET counts what happens, and cannot take over what a log has counted. The series of a histogram have names of their own, which is all that a query of Prometheus sees of it.
                    _meter.CreateObservableGauge($"{instrument.Name}.{metric.UnitInName}.{series.Suffix}", () => Read(series), unit: null, instrument.Description);
                }
            }
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _watcher.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _watcher.Dispose();
        _catalog.Dispose();
    }

    private IEnumerable<Measurement<double>> Read(RunSeries series)
    {
        foreach (Analysis.RunFigures run in RunMetric.RunsOf(_catalog.Current(CancellationToken.None)))
        {
            foreach (RunSample sample in series.Of(run))
            {
                KeyValuePair<string, object?>[] labels = [new("run", run.Id), new("rank", RunMetric.RankOf(run))];
                yield return new Measurement<double>(sample.Value, sample.UpTo is { } bound ? [.. labels, new("le", bound)] : labels);
            }
        }
    }
}
