using FastTrainLog.Analysis;
using FastTrainLog.Training;

namespace FastTrainLog.Ranks;

/// <summary>Merges the figures of a run's ranks: series as <see cref="MergedSeries"/> does, counts are sums, and what only one rank can say is that of the lowest.</summary>
internal static class MergedFigures
{
    private const int MostPatterns = 200;

    // By descending severity: if one rank was killed, the run was killed.
    private static readonly string[] Outcomes =
        [.. new[] { RunOutcome.Failed, RunOutcome.Killed, RunOutcome.Stalled, RunOutcome.Running, RunOutcome.Stopped, RunOutcome.Cancelled, RunOutcome.Completed }.Select(outcome => outcome.Word())];

    /// <summary>Merges runs.</summary>
    /// <param name="ranks">The ranks, the lowest first; a single process is returned unchanged.</param>
    public static RunFigures Of(IReadOnlyList<RunFigures> ranks)
    {
        RunFigures lowest = ranks[0];
        if (lowest.Rank is null)
        {
            return lowest;
        }

        long? lastStep = ranks.Max(rank => rank.LastStep);
        RunFigures[] farthest = [.. ranks.Where(rank => rank.LastStep == lastStep)];
        RunFigures worst = ranks.MinBy(rank => Array.IndexOf(Outcomes, rank.Outcome))!;
        return lowest with
        {
            Rank = null,
            Started = ranks.Min(rank => rank.Started),
            Ended = ranks.Max(rank => rank.Ended),
            Outcome = worst.Outcome,
            Reason = worst.Reason is null ? null : $"rank {worst.Rank}: {worst.Reason}",
            Records = ranks.Sum(rank => rank.Records),
            LastStep = lastStep,
            Steps = ranks.Max(rank => rank.Steps),
            DurationSeconds = ranks.Max(rank => rank.DurationSeconds),
            Sessions = ranks.Max(rank => rank.Sessions),
            WorldSize = Math.Max(ranks.Max(rank => rank.WorldSize), ranks.Count),
            LastProgress = ranks.Max(rank => rank.LastProgress),
            LastLoss = MeanOf(farthest.Select(rank => rank.LastLoss)),
            FinalLoss = MeanOf(farthest.Select(rank => rank.FinalLoss)),
        };
    }

    /// <summary>Merges the progress of ranks.</summary>
    /// <param name="ranks">The ranks, the lowest first.</param>
    /// <param name="series">Returns the figures of a merged series by its name in the index; null if there is none.</param>
    public static ProgressFigures Of(IReadOnlyList<ProgressFigures> ranks, Func<string, ValueFigures?> series) => ranks[0] with
    {
        Loss = series("train/loss") ?? ranks[0].Loss,
        Accuracy = series("train/accuracy") ?? ranks[0].Accuracy,
        LearningRate = series("train/learning_rate") ?? ranks[0].LearningRate,
        Metrics = Of(ranks.Select(rank => rank.Metrics), "metrics/", series),
        ValidationLoss = series("validation/loss") ?? ranks[0].ValidationLoss,
        ValidationMetrics = Of(ranks.Select(rank => rank.ValidationMetrics), "validation/", series),
    };

    // NaN if no value is finite, null if there is none.
    private static double? MeanOf(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        double[] finite = [.. known.Where(double.IsFinite)];
        return finite.Length > 0 ? finite[0] + (finite.Sum(value => value - finite[0]) / finite.Length) : known.Length > 0 ? double.NaN : null;
    }

    private static Dictionary<string, ValueFigures> Of(IEnumerable<IReadOnlyDictionary<string, ValueFigures>> ranks, string lead, Func<string, ValueFigures?> series) =>
        ranks.SelectMany(metrics => metrics).DistinctBy(metric => metric.Key).ToDictionary(metric => metric.Key, metric => series(lead + metric.Key) ?? metric.Value);

    public static ErrorFigures Of(IReadOnlyList<ErrorFigures> ranks, long steps, double seconds)
    {
        ErrorPattern[] patterns =
        [
            .. ranks.SelectMany(rank => rank.Patterns)
                .GroupBy(pattern => (pattern.Event, pattern.Logger, pattern.Level, pattern.Category, pattern.Operation, pattern.ExceptionType))
                .Select(group => Of([.. group], steps)).OrderByDescending(pattern => pattern.Count),
        ];
        long count = ranks.Sum(rank => rank.Count);
        return new ErrorFigures(
            ranks.Sum(rank => rank.Warnings),
            ranks.Sum(rank => rank.Errors),
            ranks.Sum(rank => rank.Criticals),
            PerThousand(count, steps),
            count / (seconds / 3600.0),
            Sum(ranks.Select(rank => rank.ByCategory)),
            [.. patterns.Take(MostPatterns)],
            ranks.Sum(rank => rank.Others) + patterns.Skip(MostPatterns).Sum(pattern => pattern.Count));
    }

    public static StabilityFigures Of(IReadOnlyList<StabilityFigures> ranks, NonFiniteOrigin? first, Func<string, ValueFigures?> series) => ranks[0] with
    {
        GradientNorm = series("gradients/gradient_norm") ?? ranks[0].GradientNorm,
        Score = series("gradients/stability_score") ?? ranks[0].Score,
        NonFiniteSteps = ranks.Max(rank => rank.NonFiniteSteps),
        Issues = Sum(ranks.Select(rank => rank.Issues)),
        Recoveries = Sum(ranks.Select(rank => rank.Recoveries)),
        Layers = [.. ranks.SelectMany(rank => rank.Layers).GroupBy(layer => (layer.Location, layer.Type)).Select(group => Of([.. group])).OrderByDescending(layer => layer.Count)],
        FirstNonFinite = first,
    };

    private static ErrorPattern Of(IReadOnlyList<ErrorPattern> same, long steps)
    {
        ErrorPattern first = same.MinBy(pattern => pattern.First)!;
        ErrorPattern last = same.MaxBy(pattern => pattern.Last)!;
        long count = same.Sum(pattern => pattern.Count);
        return first with
        {
            Count = count,
            PerThousandSteps = PerThousand(count, steps),
            Last = last.Last,
            LastStep = last.LastStep,
            Recovered = same.Sum(pattern => pattern.Recovered),
            CommonContext = first.CommonContext.Where(pair => same.All(pattern => pattern.CommonContext.TryGetValue(pair.Key, out string? value) && value == pair.Value)).ToDictionary(pair => pair.Key, pair => pair.Value),
        };
    }

    private static LayerFigures Of(IReadOnlyList<LayerFigures> same) => same[0] with
    {
        Count = same.Sum(layer => layer.Count),
        NaNCount = same.Sum(layer => layer.NaNCount),
        InfinityCount = same.Sum(layer => layer.InfinityCount),
        WorstSeverity = same.MaxBy(layer => Enum.TryParse(layer.WorstSeverity, out IssueSeverity severity) ? (int)severity : -1)!.WorstSeverity,
        FirstStep = same.Min(layer => layer.FirstStep),
        LastStep = same.Max(layer => layer.LastStep),
    };

    private static double? PerThousand(long count, long steps) => steps == 0 ? null : 1000.0 * count / steps;

    private static SortedDictionary<string, long> Sum(IEnumerable<IReadOnlyDictionary<string, long>> ranks)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string name, long count) in ranks.SelectMany(rank => rank))
        {
            sums[name] = sums.GetValueOrDefault(name) + count;
        }

        return sums;
    }
}
