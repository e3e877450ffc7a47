using FastTrainLog.Analysis;
using FastTrainLog.Indexing;

namespace FastTrainLog.Ranks;

/// <summary>Compares the step times of a run's ranks, over the run.</summary>
internal static class StepTimeComparison
{
    public const int MostWindows = 64;

    /// <summary>The minimum robust z-score of a straggler.</summary>
    public const double StragglerScore = 3.5;

    /// <summary>The minimum factor of its step time over the median.</summary>
    public const double StragglerFactor = 1.1;

    public static (List<RankStepWindow> Windows, List<Straggler> Stragglers) Read(RankSeries seconds)
    {
        var windows = new List<RankStepWindow>();
        var found = new List<Straggler>();
        var open = new Dictionary<long, Straggler>();
        long count = Math.Min(MostWindows, seconds.Count);
        for (long i = 0; i < count; i++)
        {
            long end = (long)((Int128)seconds.Count * (i + 1) / count);
            (long first, long last) = seconds.StepsOf((long)((Int128)seconds.Count * i / count), end);
            List<(long Rank, double Seconds)> means = [];
            foreach ((long rank, SeriesQuery series) in seconds.Ranks)
            {
                if (series.Summary(first, last) is { } summary && double.IsFinite(summary.Mean))
                {
                    means.Add((rank, summary.Mean));
                }
            }

            if (means.Count == 0)
            {
                continue;
            }

            last = seconds.LastStepOf(end);
            double[] values = [.. means.Select(mean => mean.Seconds)];
            double[] scores = RobustScores.Of(values, out double median);
            int slowest = Array.IndexOf(values, values.Max());
            windows.Add(new RankStepWindow(first, last, values.Min(), median, values[slowest], means[slowest].Rank));
            Note(open, found, means, scores, median, first, last);
        }

        found.AddRange(open.Values);
        found.Sort((one, other) => (one.FirstStep, one.Rank).CompareTo((other.FirstStep, other.Rank)));
        return (windows, found);
    }

    // Adjacent windows in which a rank is slow are merged.
    private static void Note(Dictionary<long, Straggler> open, List<Straggler> found, List<(long Rank, double Seconds)> means, double[] scores, double median, long first, long last)
    {
        for (int i = 0; i < means.Count; i++)
        {
            (long rank, double seconds) = means[i];
            bool isSlow = means.Count >= RobustScores.Fewest && scores[i] >= StragglerScore && seconds >= StragglerFactor * median;
            if (isSlow)
            {
                var stretch = new Straggler(rank, first, last, scores[i], seconds / median);
                open[rank] = !open.TryGetValue(rank, out Straggler? before) ? stretch
                    : before with { LastStep = last, Score = Math.Max(before.Score, stretch.Score), Factor = Math.Max(before.Factor, stretch.Factor) };
            }
            else if (open.Remove(rank, out Straggler? ended))
            {
                found.Add(ended);
            }
        }
    }
}
