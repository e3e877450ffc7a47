using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FastTrainLog.Indexing;
using static FastTrainLog.Analysis.Reports.FigureText;

namespace FastTrainLog.Analysis.Reports;

/// <summary>An analysis as one self-contained HTML page: it needs neither the network nor another file.</summary>
/// <remarks>Its look and its charts are those of the dashboard's page, whose style sheet and modules are embedded in this assembly too; in a build without Node its tables are all there is.</remarks>
internal sealed class HtmlReport
{
    private static readonly string Style = Resource("report.css")!;
    private static readonly string? Script = Resource("report.js");

    private readonly LogAnalysis _analysis;
    private readonly StringBuilder _page = new();
    private readonly PageCharts _charts = new();

    private HtmlReport(LogAnalysis analysis) => _analysis = analysis;

    public static void Write(LogAnalysis analysis, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.Write(new HtmlReport(analysis).Draw());
    }

    private string Draw()
    {
        string title = $"{_analysis.Run.Model ?? "Run"} {_analysis.Run.Name}";
        _page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");

        // The browser runs and loads nothing else, whatever is in the log.
        string scripts = Script is null ? "'none'" : SourceOf(Script);
        _page.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {scripts}; style-src {SourceOf(Style)}; img-src data: blob:; base-uri 'none'; form-action 'none'\">\n");

        // Its own icon, so that the browser does not request one.
        _page.Append("<link rel=\"icon\" href=\"data:,\">\n<title>").Append(Encode(title)).Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<main class=\"report\">\n");
        _page.Append(Script is null ? "<p class=\"notice\">This page has no charts: FastTrainLog.Analysis was built without Node.</p>\n" : "<noscript><p class=\"notice\">This page draws its charts with JavaScript, which is switched off.</p></noscript>\n");
        AppendHeader();
        AppendCards();
        AppendRanks();
        AppendProgress();
        AppendStability();
        AppendAnomalies();
        AppendErrors();
        AppendPerformance();
        AppendUnreadable();
        _page.Append(CultureInfo.InvariantCulture, $"<footer>Log: <code>{Encode(Path.GetFullPath(_analysis.Directory))}</code>. Times are UTC. Percentiles are at most {Percent(_analysis.Performance.RelativeError)} off. A band goes from the minimum to the maximum of the steps that one point stands for, the line is their mean.</footer>\n");
        _page.Append("</main>\n");
        if (Script is not null)
        {
            _page.Append("<script type=\"application/json\" id=\"charts\">").Append(_charts.ToJson()).Append("</script>\n<script type=\"application/json\" id=\"histograms\">").Append(PageHistogram.ToJson(_analysis.Histograms)).Append("</script>\n<script type=\"module\">").Append(Script).Append("</script>\n");
        }

        _page.Append("</body>\n</html>\n");
        return _page.ToString();
    }

    private void AppendHeader()
    {
        RunFigures run = _analysis.Run;
        _page.Append(CultureInfo.InvariantCulture, $"<header class=\"run-head\"><div class=\"run-title\"><h1>{Encode(run.Model ?? "Run")}</h1><code>{Encode(run.Name)}</code><span class=\"state {run.Outcome}\">{run.Outcome}</span></div>");
        _page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\">{Time(run.Started)} to {Time(run.Ended)} UTC, {Seconds(_analysis.Progress.DurationSeconds)}, {Count(run.Records, "record")}{(run.Reason is null ? string.Empty : $". Ended early: {Encode(run.Reason)}")}</p></header>\n");
        if (_analysis.Runs.Count > 1)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<details><summary>{_analysis.Runs.Count} runs in this log</summary>");
            HtmlTable.Append(_page, ["Run", "Model", "Started", "Outcome", "#Last step", "#Last loss"], _analysis.Runs.TakeLast(100).Select(other => new string?[]
            {
                other.Name, other.Model, Time(other.Started), other.Outcome, Count(other.LastStep), Number(other.LastLoss),
            }));
            _page.Append("</details>\n");
        }
    }

    private void AppendRanks()
    {
        if (_analysis.Ranks is not { } ranks)
        {
            return;
        }

        AppendHead("Ranks");
        _page.Append("<ul>");
        foreach (string line in RankText.Lines(ranks).Prepend(RankText.Head(ranks)))
        {
            _page.Append("<li>").Append(Encode(line)).Append("</li>");
        }

        _page.Append("</ul>\n<div class=\"chart-grid\">\n");
        if (ranks.StepTimes is { } times)
        {
            AppendChart("Step seconds, fastest to slowest rank", [.. Series("median", [.. times.OverTime.Select(window => new SeriesPoint(window.FirstStep, window.Minimum, window.Median, window.Maximum, 0))])]);
        }

        _page.Append("</div>\n");
        HtmlTable.Append(_page, ["#Rank", "Outcome", "#Last step", "#Step p50", "#Step p99", "#Robust z", "#Last loss", "#Non-finite steps", "#Warnings", "#Errors", ">Directory"], ranks.Each.Select(rank => new string?[]
        {
            rank.Rank.ToString(CultureInfo.InvariantCulture), rank.IsSilent ? "silent" : rank.Outcome, Count(rank.LastStep), Seconds(rank.StepSeconds), Seconds(rank.StepSecondsP99),
            Number(rank.StepTimeScore), Number(rank.LastLoss), Count(rank.NonFiniteSteps), Count(rank.Warnings), Count(rank.Errors), rank.Directory,
        }));
    }

    private void AppendCards()
    {
        ProgressFigures progress = _analysis.Progress;
        StabilityFigures stability = _analysis.Stability;
        _page.Append("<dl class=\"cards\">");
        AppendCard("Steps", Count(progress.Steps), progress.TotalSteps is { } total ? $"{Percent(progress.Percent / 100.0)} of {Count(total)}" : null);
        AppendCard("Loss", Number(progress.Trend?.Smoothed ?? progress.Loss?.Last), progress.Loss is { } loss ? $"smoothed, {progress.Trend?.Direction ?? "too short for a trend"}; min {Number(loss.Minimum)} at step {Count(loss.MinimumStep)}" : null);
        AppendCard("Best validation", Number(progress.BestValidation?.Loss), progress.BestValidation is { } best ? $"loss, at step {Count(best.Step)}" : null);
        AppendCard("Throughput", Number(progress.Throughput?.Overall ?? progress.StepsPerSecond), progress.Throughput is null ? "steps a second" : $"samples a second; {Number(progress.StepsPerSecond)} steps");
        AppendCard("Clipped", Percent(stability.ClipRate), "of all steps");
        AppendCard("Non-finite", Count(stability.NonFiniteSteps), stability.Layers.Count > 0 ? $"steps; most in {stability.Layers[0].Location}" : "steps", stability.NonFiniteSteps > 0 ? "is-warn" : null);
        AppendCard("Anomalies", Count(_analysis.Anomalies.Count), null, _analysis.Anomalies.Count > 0 ? "is-warn" : null);
        ErrorFigures errors = _analysis.Errors;
        AppendCard("Errors", Count(errors.Errors + errors.Criticals), $"and {Count(errors.Warnings, "warning")}", errors.Errors + errors.Criticals > 0 ? "is-bad" : null);
        _page.Append("</dl>\n");
    }

    private void AppendCard(string name, string value, string? note, string? kind = null) =>
        _page.Append(CultureInfo.InvariantCulture, $"<div class=\"card {kind}\"><dt>{name}</dt><dd>{Encode(value)}</dd>{(note is null ? string.Empty : $"<dd>{Encode(note)}</dd>")}</div>");

    private void AppendProgress()
    {
        ProgressFigures progress = _analysis.Progress;
        IReadOnlyList<SeriesPoint> validations = [.. progress.Validations.Select(validation => Single(validation.Step, validation.Loss))];
        AppendHead("Progress");
        _page.Append("<div class=\"chart-grid\">\n");
        AppendChart("Loss", [.. Series("loss", progress.Loss), .. Series("validation", validations)], Marks("loss_spike", "non_finite_loss", "divergence", "plateau"));
        AppendChart("Accuracy", [.. Series("accuracy", progress.Accuracy)], isLinear: true);
        AppendChart("Throughput, samples a second", [.. Series("throughput", progress.Throughput?.Series)]);
        AppendChart("Learning rate", [.. Series("learning rate", progress.LearningRate)], isLinear: true);
        foreach ((string name, ValueFigures figures) in progress.Metrics)
        {
            AppendChart(name, [.. Series(name, figures)]);
        }

        _page.Append("</div>\n");
        if (progress.Eta.Count > 0)
        {
            _page.Append("<h3>Error of the predicted time left</h3>\n");
            HtmlTable.Append(_page, ["#At", "#Step", "#Predicted", "#Actual", "#Error"], progress.Eta.Select(eta => new string?[]
            {
                $"{eta.Percent} %", Count(eta.Step), Seconds(eta.ForetoldSeconds), Seconds(eta.ActualSeconds), Change(eta.ErrorPercent / 100.0),
            }));
        }

        AppendDetails($"{Count(progress.EpochCount, "epoch")}", progress.Epochs.Count, () => HtmlTable.Append(_page, ["#Epoch", "#Steps", "#Mean loss", "#Duration", "#Samples a second"], progress.Epochs.Select(epoch => new string?[]
        {
            Count(epoch.Epoch), Count(epoch.Steps), Number(epoch.Loss), Seconds(epoch.DurationSeconds), Number(epoch.Throughput),
        })));
        AppendDetails($"{Count(progress.ValidationCount, "validation")}", progress.Validations.Count, () => HtmlTable.Append(_page, ["#Step", "#Epoch", "#Loss", "Best so far", "Metrics"], progress.Validations.Select(validation => new string?[]
        {
            Count(validation.Step), Count(validation.Epoch), Number(validation.Loss), validation.IsBest ? "best" : string.Empty, string.Join(", ", validation.Metrics.Select(metric => $"{metric.Key} {Number(metric.Value)}")),
        })));
        AppendDetails(
            $"{Count(progress.CheckpointCount, "checkpoint")}, {progress.CheckpointsFlagged} flagged, {progress.CheckpointsRefused} refused", progress.Checkpoints.Count, () => HtmlTable.Append(_page, ["Time", "#Step", "#Loss", "#Size", "Outcome", ">Path"], progress.Checkpoints.Select(checkpoint => new string?[]
            {
                Time(checkpoint.Time), Count(checkpoint.Step), Number(checkpoint.Loss), Bytes(checkpoint.SizeBytes), checkpoint.Outcome, checkpoint.Path,
            })));
    }

    private void AppendStability()
    {
        StabilityFigures stability = _analysis.Stability;
        AppendHead("Stability");
        ChartMark[] issues = [.. stability.Layers.Where(layer => layer.FirstStep is not null).Select(layer => new ChartMark(layer.FirstStep!.Value, layer.FirstStep.Value, $"first {layer.Type} in {layer.Location}, step {layer.FirstStep}"))];
        _page.Append("<div class=\"chart-grid\">\n");
        AppendChart("Gradient norm", [.. Series("norm", stability.GradientNorm)], [.. Marks("norm_spike"), .. issues]);
        AppendChart("Stability score", [.. Series("score", stability.Score)], issues);
        _page.Append("</div>\n");
        if (stability.Guard is { } guard)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">Gradients are guarded: {Encode(guard)}.{(stability.Norms is { } norms ? $" Norm: median {Number(norms.P50)}, 99 % below {Number(norms.P99)}, max {Number(norms.Maximum)}." : string.Empty)}</p>\n");
        }

        AppendHistograms();
        AppendDetails($"Gradient norms of {Count(stability.LayerNorms.Count, "layer")}", stability.LayerNorms.Count, () => HtmlTable.Append(_page, ["Layer", "#Count", "#p50", "#p99", "#Max", "#At step", "#Last", "#Zeros"], stability.LayerNorms.Select(layer => new string?[]
        {
            layer.Layer, Count(layer.Norms.Count), Number(layer.Norms.P50), Number(layer.Norms.P99), Number(layer.Norms.Maximum), Count(layer.MaximumStep), Number(layer.Last), Percent(layer.Zeros),
        })));
        if (stability.Layers.Count == 0)
        {
            _page.Append("<p class=\"none\">No numerical issue.</p>\n");
            return;
        }

        HtmlTable.Append(_page, ["Layer or operation", "Issue", "#Count", "#NaN values", "#Infinite values", "Worst", "#Steps"], stability.Layers.Take(100).Select(layer => new string?[]
        {
            layer.Location, layer.Type, Count(layer.Count), Count(layer.NaNCount), Count(layer.InfinityCount), layer.WorstSeverity, Steps(layer.FirstStep, layer.LastStep),
        }));
        _page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">Recoveries: {Encode(string.Join(", ", stability.Recoveries.Select(action => $"{action.Key} × {Count(action.Value)}")))}.</p>\n");
    }

    private void AppendHistograms()
    {
        LayerHistograms histograms = _analysis.Histograms;
        if (Script is null || histograms.Count == 0)
        {
            return;
        }

        _page.Append("<div class=\"slot\" data-histograms></div>\n");
        if (histograms.Count > histograms.Layers.Count)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">Histograms are those of the first {histograms.Layers.Count} of {Count(histograms.Count)} layers; the dashboard has all.</p>\n");
        }
    }

    private void AppendAnomalies()
    {
        AppendHead("Anomalies");
        AnomalyFigures anomalies = _analysis.Anomalies;
        if (anomalies.Count == 0)
        {
            _page.Append("<p class=\"none\">None.</p>\n");
        }
        else
        {
            HtmlTable.Append(_page, ["Kind", "#Step", "Time", "#Size", ">What"], anomalies.Found.Select(anomaly => new string?[]
            {
                anomaly.Kind.Replace('_', ' '), Steps(anomaly.Step, anomaly.LastStep), Time(anomaly.Time), Number(anomaly.Size), anomaly.Description,
            }));
        }

        _page.Append("<details><summary>The rules</summary>");
        HtmlTable.Append(_page, ["Kind", "#Found", ">Rule"], anomalies.Rules.Select(rule => new string?[] { rule.Key.Replace('_', ' '), Count(anomalies.Counts[rule.Key]), rule.Value }));
        _page.Append("</details>\n");
    }

    private void AppendErrors()
    {
        AppendHead("Errors");
        ErrorFigures errors = _analysis.Errors;
        if (errors.Count == 0)
        {
            _page.Append("<p class=\"none\">Nothing at Warning or above.</p>\n");
            return;
        }

        _page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">{Count(errors.Count)} from Warning on: {Number(errors.PerThousandSteps)} for each thousand steps, {Number(errors.PerHour)} for each hour.</p>\n");
        HtmlTable.Append(_page, ["Level", "#Count", "#Steps", "What", ">First message", ">In common", ">Suggestion"], errors.Patterns.Select(pattern => new string?[]
        {
            pattern.Level,
            Count(pattern.Count),
            Steps(pattern.FirstStep, pattern.LastStep),
            pattern.Category is null ? pattern.Event : $"{pattern.Category} in {pattern.Operation}",
            pattern.Example,
            string.Join(", ", pattern.CommonContext.Select(pair => $"{pair.Key}: {pair.Value}")),
            pattern.Suggestion,
        }));
    }

    private void AppendPerformance()
    {
        AppendHead("Performance");
        PerformanceFigures performance = _analysis.Performance;
        _page.Append("<div class=\"chart-grid\">\n");
        AppendChart("Seconds of a step", [.. Series("seconds", performance.StepSecondsSeries)], Marks("stall"));
        AppendChart("Memory, MiB", [.. Series("process", InMebibytes(performance.ProcessBytes)), .. Series("managed", InMebibytes(performance.ManagedBytes))], isLinear: true, isTime: true);
        AppendChart("GPU memory, MiB", performance.Gpus.Count > 0 ? [.. performance.Gpus.SelectMany(gpu => Series($"GPU {gpu.Device}", InMebibytes(gpu.UsedBytes)))] : [.. Series("GPU", InMebibytes(performance.GpuBytes))], isLinear: true, isTime: true);
        AppendChart("Load, %", [.. Series("process", performance.ProcessCpu), .. performance.Gpus.Count > 0 ? performance.Gpus.SelectMany(gpu => Series($"GPU {gpu.Device}", gpu.Utilization)) : Series("GPU", performance.GpuUtilization)], isLinear: true, isTime: true);
        _page.Append("</div>\n");
        var rows = new List<string?[]>();
        if (performance.StepSeconds is { } step)
        {
            rows.Add(Row("step", step, step.Mean * step.Count, performance.StepSecondsChange, _analysis.Progress.Throughput?.Distribution));
        }

        rows.AddRange(performance.Operations.Select(operation => Row(operation.Operation, operation.Seconds, operation.TotalSeconds, operation.Change, operation.Throughput)));
        if (rows.Count > 0)
        {
            _page.Append("<h3>Operations</h3>\n");
            HtmlTable.Append(_page, ["Operation", "#Count", "#Total", "#p50", "#p90", "#p99", "#Max", "#Change", "#Samples a second, p50"], rows);
        }

        AppendDetails("Operations on models", performance.ModelOperations.Count, () => HtmlTable.Append(_page, ["Operation", "#Succeeded", "#Failed"], performance.ModelOperations.Select(operation => new string?[]
        {
            operation.Operation, Count(operation.Succeeded), Count(operation.Failed),
        })));
    }

    private void AppendUnreadable()
    {
        UnreadableFigures unreadable = _analysis.Unreadable;
        if (unreadable.Lines == 0)
        {
            return;
        }

        AppendHead("Unreadable");
        _page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">{Count(unreadable.Lines, "line")} could not be read, {Bytes(unreadable.Bytes)}.</p>\n");
        HtmlTable.Append(_page, ["File", "#Line", "#Byte", "#Length", ">Reason"], unreadable.Places.Select(place => new string?[]
        {
            Path.GetFileName(place.File), Count(place.Line), Count(place.Offset), Count(place.Length), place.Reason,
        }));
    }

    private void AppendHead(string name) => _page.Append("<h2>").Append(name).Append("</h2>\n");

    private void AppendChart(string title, IReadOnlyList<ChartSeries> lines, IReadOnlyList<ChartMark>? marks = null, bool isLinear = false, bool isTime = false)
    {
        if (Script is not null && _charts.Add(title, isTime, lines, marks ?? [], isLinear) is { } index)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<div class=\"slot\" data-chart=\"{index}\"></div>\n");
        }
    }

    private void AppendDetails(string summary, int rows, Action append)
    {
        if (rows > 0)
        {
            _page.Append("<details><summary>").Append(Encode(summary)).Append("</summary>");
            append();
            _page.Append("</details>\n");
        }
    }

    private ChartMark[] Marks(params string[] kinds) =>
        [.. _analysis.Anomalies.Found.Where(anomaly => kinds.Contains(anomaly.Kind)).Select(anomaly => new ChartMark(anomaly.Step, anomaly.LastStep, $"step {anomaly.Step}: {anomaly.Description}"))];

    private static IEnumerable<ChartSeries> Series(string name, ValueFigures? figures) => Series(name, figures?.Series);

    private static IEnumerable<ChartSeries> Series(string name, IReadOnlyList<SeriesPoint>? points) => points is { Count: > 0 } ? [new ChartSeries(name, points)] : [];

    private static SeriesPoint Single(long position, double value) =>
        double.IsFinite(value) ? new(position, value, value, value, 0) : new(position, double.NaN, double.NaN, double.NaN, 1);

    private static SeriesPoint[]? InMebibytes(ValueFigures? bytes) => bytes is null ? null
        : [.. bytes.Series.Select(point => point with { Minimum = point.Minimum / 1048576, Mean = point.Mean / 1048576, Maximum = point.Maximum / 1048576 })];

    private static string?[] Row(string name, Percentiles seconds, double total, double change, Percentiles? throughput) =>
        [name, Count(seconds.Count), Seconds(total), Seconds(seconds.P50), Seconds(seconds.P90), Seconds(seconds.P99), Seconds(seconds.Maximum), Change(change), Number(throughput?.P50)];

    private static string Encode(string text) => ShownText.Html(text);

    // The source of a policy that allows this text and no other.
    private static string SourceOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string? Resource(string name)
    {
        using Stream? stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"FastTrainLog.{name}");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
