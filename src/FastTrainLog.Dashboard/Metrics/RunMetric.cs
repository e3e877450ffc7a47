using System.Globalization;
using FastTrainLog.Analysis;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Monitoring;
using RunFigures = FastTrainLog.Analysis.RunFigures;

namespace FastTrainLog.Dashboard.Metrics;

/// <summary>A metric of the runs in logs, under the name that the training process has for it.</summary>
/// <param name="Instrument">Its name, unit, kind and description.</param>
/// <param name="Series">Its series; a gauge and a counter have one without a suffix.</param>
internal sealed record RunMetric(TrainingInstrument Instrument, IReadOnlyList<RunSeries> Series)
{
    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<RunMetric> All { get; } =
    [
        Of(TrainingInstrument.Loss, static run => run.LastLoss),
        Of(TrainingInstrument.LearningRate, static run => run.LastLearningRate),
        Of(TrainingInstrument.GradientNorm, static run => run.LastGradientNorm),
        Of(TrainingInstrument.Throughput, static run => run.LastThroughput),
        Of(TrainingInstrument.ValidationLoss, static run => run.LastValidationLoss),
        Of(TrainingInstrument.Eta, static run => run.Eta?.TotalSeconds),
        Of(TrainingInstrument.Steps, static run => run.Steps),
        Of(TrainingInstrument.ClippedSteps, static run => run.ClippedSteps),
        Of(TrainingInstrument.SkippedSteps, static run => run.SkippedSteps),
        new(TrainingInstrument.StepDuration,
        [
            new RunSeries("bucket", static run => run.StepDurations is { } durations ? BucketsOf(durations) : []),
            new RunSeries("sum", static run => run.StepDurations is { } durations ? [new(null, durations.Seconds)] : []),
            new RunSeries("count", static run => run.StepDurations is { } durations ? [new(null, durations.Counts.Sum())] : []),
        ]),
    ];

    /// <summary>Gets its kind, as Prometheus calls it.</summary>
    public string Kind => Instrument.Kind switch
    {
        InstrumentKind.Counter => "counter",
        InstrumentKind.Histogram => "histogram",
        _ => "gauge",
    };

    /// <summary>Gets its unit as it is in names; empty if it is not in them.</summary>
    public string UnitInName => Instrument.Unit switch
    {
        "s" => "seconds",
        var unit when unit.EndsWith("/s", StringComparison.Ordinal) => "per_second",
        _ => string.Empty,
    };

    /// <summary>Returns the processes of all runs; of copies of a log the one that is furthest, because a series must not be there twice.</summary>
    public static IEnumerable<RunFigures> RunsOf(CatalogState state) => state.Runs.SelectMany(static run => run.Ranks).Select(static rank => rank.Figures)
        .GroupBy(static run => (run.Id, RankOf(run))).Select(static same => same.MaxBy(static run => run.Ended)!);

    /// <summary>Returns the label <c>rank</c>; 0 for a single process.</summary>
    public static long RankOf(RunFigures run) => run.Rank ?? 0;

    private static RunMetric Of(TrainingInstrument instrument, Func<RunFigures, double?> value) =>
        new(instrument, [new RunSeries(string.Empty, run => value(run) is { } known ? [new(null, known)] : [])]);

    // Each has all that are below it.
    private static IEnumerable<RunSample> BucketsOf(DurationCounts durations)
    {
        long count = 0;
        for (int i = 0; i < durations.Counts.Count; i++)
        {
            count += durations.Counts[i];
            yield return new RunSample(i < TrainingInstrument.StepDurationBounds.Length ? TrainingInstrument.StepDurationBounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf", count);
        }
    }
}
