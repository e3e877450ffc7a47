using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Ranks;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>The analysis of one run, as <c>analyze</c> makes it.</summary>
internal sealed class RunDetails(LogCatalog catalog)
{
    // The page shows the most frequent ones; all are in the report of analyze.
    private const int MostListed = 200;

    // Comparing ranks reads all their series: it is repeated after a multiple of its own duration.
    private const int RestOfComparison = 20;

    private readonly Lock _comparing = new();
    private readonly Dictionary<string, (long Due, LogAnalysis Analysis)> _compared = [];

    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        string key = RequestFields.Text(request, "run") ?? throw RequestFields.Invalid("'run' is missing: give the key of a run.");
        CancellationToken cancellation = request.HttpContext.RequestAborted;
        DashboardRun run = catalog.Current(cancellation).Require(key);
        LogAnalysis analysis = run.Figures.WorldSize > 1 && run.Shown.Figures.Rank is not null ? Compare(run, cancellation) : run.Shown.Log.Analyze(run.Shown.Name, cancellation);
        RunDetail detail = Describe(run, analysis, ShownSeries.NamesOf(run, rank: null));
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        JsonSerializer.Serialize(json, detail, AnswerWriter.Json.RunDetail);
    }

    private LogAnalysis Compare(DashboardRun run, CancellationToken cancellation)
    {
        lock (_comparing)
        {
            if (_compared.TryGetValue(run.Key, out (long Due, LogAnalysis Analysis) known) && (known.Analysis.Run.Records == run.Figures.Records || Stopwatch.GetTimestamp() < known.Due))
            {
                return known.Analysis;
            }

            long begun = Stopwatch.GetTimestamp();
            LogAnalysis analysis = RunAnalysis.Of([.. run.Ranks.Select(rank => new FoundProcess(rank.Log.Directory, rank.Figures))], run.Directory, cancellation);
            long ended = Stopwatch.GetTimestamp();
            _compared.Clear();
            _compared[run.Key] = (ended + ((ended - begun) * RestOfComparison), analysis);
            return analysis;
        }
    }

    private static RunDetail Describe(DashboardRun run, LogAnalysis analysis, IReadOnlyList<string> series) => new(
        run.Key,
        run.Figures.Configuration,
        series,
        analysis.Progress.StepsPerSecond,
        analysis.Progress.Trend,
        analysis.Progress.BestValidation,
        analysis.Progress.Validations,
        analysis.Progress.ValidationCount,
        analysis.Progress.Checkpoints,
        analysis.Progress.CheckpointCount,
        analysis.Errors,
        analysis.Anomalies,
        analysis.Stability.ClipRate,
        analysis.Stability.NonFiniteSteps,
        analysis.Stability.FirstNonFinite,
        [.. analysis.Stability.Layers.Take(MostListed)],
        analysis.Stability.Recoveries,
        analysis.Stability.Guard,
        analysis.Performance.StepSeconds,
        analysis.Ranks is null ? null : analysis.Ranks with { Each = [.. analysis.Ranks.Each.Select(rank => rank with { Directory = NameOf(run, rank.Rank) })] },
        analysis.Ranks is null ? [] : [.. RankText.Lines(analysis.Ranks)],
        run.Ranks.Max(rank => rank.Log.Query(index => index.HistogramLayers(rank.Name)).Count),
        analysis.Unreadable.Lines);

    // A path of the server's file system is not the page's business.
    private static string NameOf(DashboardRun run, long rank) => run.Ranks.FirstOrDefault(found => found.Figures.Rank == rank)?.Log.Name ?? string.Empty;
}
