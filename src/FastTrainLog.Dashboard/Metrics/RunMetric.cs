using FastTrainLog.Analysis;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Monitoring;
using RunFigures = FastTrainLog.Analysis.RunFigures;

namespace FastTrainLog.Dashboard.Metrics;

/// <summary>A metric of the runs in logs, under the name that the training process has for it.</summary>
/// <param name="Instrument">Its name, unit and description.</param>
/// <param name="IsCounter">Whether it only increases.</param>
/// <param name="Of">Returns its value for a run; null if the log has none.</param>
internal sealed record RunMetric(TrainingInstrument Instrument, bool IsCounter, Func<RunFigures, double?> Of)
{
    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<RunMetric> All { get; } =
    [
        new(TrainingInstrument.Loss, IsCounter: false, static run => run.LastLoss),
        new(TrainingInstrument.LearningRate, IsCounter: false, static run => run.LastLearningRate),
        new(TrainingInstrument.GradientNorm, IsCounter: false, static run => run.LastGradientNorm),
        new(TrainingInstrument.Throughput, IsCounter: false, static run => run.LastThroughput),
        new(TrainingInstrument.ValidationLoss, IsCounter: false, static run => run.LastValidationLoss),
        new(TrainingInstrument.Steps, IsCounter: true, static run => run.Steps),
    ];

    /// <summary>Returns the processes of all runs; of copies of a log the one that is furthest, because a series must not be there twice.</summary>
    public static IEnumerable<RunFigures> RunsOf(CatalogState state) => state.Runs.SelectMany(static run => run.Ranks).Select(static rank => rank.Figures)
        .GroupBy(static run => (run.Id, RankOf(run))).Select(static same => same.MaxBy(static run => run.Ended)!);

    /// <summary>Returns the label <c>rank</c>; 0 for a single process.</summary>
    public static long RankOf(RunFigures run) => run.Rank ?? 0;
}
