using System.Buffers;
using System.Text.Json;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Statistics;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Indexing;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Series;

/// <summary>How unusual each series of a run is, by the median and the median absolute deviation of what it was before.</summary>
internal sealed class RelevanceAnswer(LogCatalog catalog)
{
    // Of a long series so many stretches are compared: a bucket hides a spike inside it, so the extremes are compared, each with those before it. The ranks of a
    // run may always be apart, which is nothing unusual.
    private const int Buckets = 200;
    private const int Window = 50;
    private const int MostSeries = 2000;

    // Values that are not finite come first, whatever else is unusual.
    private const double ScoreOfNonFinite = 1e6;

    // Something that never varied has no deviation to measure a change by.
    private const double ScoreOfConstant = AnomalyRules.SpikeScore;
    private const double LargestScore = 1e5;
    private const double SigmaOfDeviation = 1.4826;

    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        string key = RequestFields.Text(request, "run") ?? throw RequestFields.Invalid("'run' is missing: give the key of a run.");
        DashboardRun run = catalog.Current(request.HttpContext.RequestAborted).Require(key);
        long? rank = SeriesSelection.RankOf(request);
        SeriesRelevance[] all =
        [
            .. ShownSeries.NamesOf(run, rank).Take(MostSeries)
                .Select(name => Of(name, ShownSeries.Use(run, rank, name, series => series.Buckets(-SeriesAnswer.FarthestStep, SeriesAnswer.FarthestStep, Buckets))))
                .OrderByDescending(series => series.Score).ThenBy(series => series.Series, StringComparer.Ordinal),
        ];
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        JsonSerializer.Serialize(json, all, AnswerWriter.Json.SeriesRelevanceArray);
    }

    /// <summary>Returns how unusual a series is.</summary>
    public static SeriesRelevance Of(string name, IReadOnlyList<IndexedBucket> buckets)
    {
        if (buckets.FirstOrDefault(bucket => bucket.NonFinite != 0) is { Count: > 0 } bad)
        {
            return new SeriesRelevance(name, ScoreOfNonFinite, $"not finite, first {Place(bad)}", bad.LastStep);
        }

        (double Score, string? Why, long? Step) most = (0.0, null, null);
        foreach (Func<IndexedBucket, double> extreme in (Func<IndexedBucket, double>[])[static bucket => bucket.Maximum, static bucket => bucket.Minimum])
        {
            var window = new RobustWindow(Window);
            foreach (IndexedBucket bucket in buckets)
            {
                double value = extreme(bucket);
                if (window.Count >= AnomalyRules.FewestInWindow)
                {
                    double median = window.Median;
                    double sigma = SigmaOfDeviation * window.MedianAbsoluteDeviation();
                    double distance = Math.Abs(value - median);
                    double score = distance == 0.0 ? 0.0 : sigma == 0.0 ? ScoreOfConstant : Math.Min(distance / sigma, LargestScore);
                    if (score > most.Score)
                    {
                        string why = sigma == 0.0
                            ? FormattableString.Invariant($"{value:G4} after {median:G4} throughout, {Place(bucket)}")
                            : FormattableString.Invariant($"{value:G4}, {score:F0} times its usual deviation from {median:G4}, {Place(bucket)}");
                        most = (score, why, bucket.LastStep);
                    }
                }

                window.Add(value);
            }
        }

        return new SeriesRelevance(name, Math.Round(most.Score, 2), most.Why, most.Step);
    }

    private static string Place(IndexedBucket bucket) => FormattableString.Invariant(bucket.FirstStep == bucket.LastStep ? (FormattableString)$"at step {bucket.LastStep}" : $"in steps {bucket.FirstStep} to {bucket.LastStep}");
}
