using System.Diagnostics.Metrics;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring;

/// <summary>Records the durations of steps as a metric, from their records, on the backend's thread.</summary>
/// <param name="histogram">The metric.</param>
/// <param name="system">The logger for errors.</param>
internal sealed partial class StepDurations(Histogram<double> histogram, TrainLogger system)
{
    private RunContext? _run;
    private KeyValuePair<string, object?>[] _tags = [];
    private bool _hasFailed;

    /// <summary>Adds the record of a step.</summary>
    public void Take(in LogRecord record, RunContext run)
    {
        if (!histogram.Enabled || _hasFailed || record.Decoder.TrainingStep is null || !record.TryGetArgument("StepSeconds", out LogArgument duration) || !duration.TryGetDouble(out double seconds))
        {
            return;
        }

        if (_run != run)
        {
            (_run, _tags) = (run, [new("run", run.Id), new("rank", run.Rank)]);
        }

        try
        {
            histogram.Record(seconds, _tags);
        }
        catch (Exception exception)
        {
            // The listener is user code, and would throw for each step.
            _hasFailed = true;
            ListenerFailed(system, histogram.Name, exception);
        }
    }

    [TrainLog(9022, LogLevel.Error, "Who listens to the metric {Instrument} threw; nothing is recorded in it any more", EventName = "ListenerFailed")]
    private static partial void ListenerFailed(TrainLogger logger, string instrument, Exception exception);
}
