using System.Globalization;
using System.Text;
using static FastTrainLog.Analysis.Reports.FigureText;

namespace FastTrainLog.Analysis.Reports;

/// <summary>An analysis as one self-contained HTML page: it needs neither the network nor another file.</summary>
internal sealed class HtmlReport
{
    private readonly LogAnalysis _analysis;
    private readonly StringBuilder _page = new();

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

        // Its own icon, so that the browser does not request one.
        _page.Append("<link rel=\"icon\" href=\"data:,\">\n<title>").Append(Encode(title)).Append("</title>\n<style>\n").Append(Resource("page.css")).Append("</style>\n</head>\n<body>\n<main>\n");
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
        _page.Append("</main>\n<script>\n").Append(Resource("page.js")).Append("</script>\n</body>\n</html>\n");
        return _page.ToString();
    }

    private void AppendHeader()
    {
        RunFigures run = _analysis.Run;
        _page.Append(CultureInfo.InvariantCulture, $"<header><h1>{Encode(run.Model ?? "Run")}</h1><code>{Encode(run.Name)}</code><span class=\"badge {run.Outcome}\">{run.Outcome}</span>");
        _page.Append(CultureInfo.InvariantCulture, $"<p>{Time(run.Started)} to {Time(run.Ended)} UTC, {Seconds(_analysis.Progress.DurationSeconds)}, {Count(run.Records, "record")}{(run.Reason is null ? string.Empty : $". Ended early: {Encode(run.Reason)}")}</p></header>\n");
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

        _page.Append("</ul>\n<div class=\"charts\">\n");
        if (ranks.StepTimes is { } times)
        {
            AppendChart("Step seconds, fastest to slowest rank", "step", [.. Series("median", [.. times.OverTime.Select(window => new SeriesPoint(window.FirstStep, window.Minimum, window.Median, window.Maximum, 0))])]);
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
        AppendCard("Non-finite", Count(stability.NonFiniteSteps), stability.Layers.Count > 0 ? $"steps; most in {stability.Layers[0].Location}" : "steps", stability.NonFiniteSteps > 0 ? "warn" : null);
        AppendCard("Anomalies", Count(_analysis.Anomalies.Count), null, _analysis.Anomalies.Count > 0 ? "warn" : null);
        ErrorFigures errors = _analysis.Errors;
        AppendCard("Errors", Count(errors.Errors + errors.Criticals), $"and {Count(errors.Warnings, "warning")}", errors.Errors + errors.Criticals > 0 ? "bad" : null);
        _page.Append("</dl>\n");
    }

    private void AppendCard(string name, string value, string? note, string? kind = null) =>
        _page.Append(CultureInfo.InvariantCulture, $"<div class=\"card {kind}\"><dt>{name}</dt><dd>{Encode(value)}</dd>{(note is null ? string.Empty : $"<dd>{Encode(note)}</dd>")}</div>");

    private void AppendProgress()
    {
        ProgressFigures progress = _analysis.Progress;
        IReadOnlyList<SeriesPoint> validations = [.. progress.Validations.Select(validation => Single(validation.Step, validation.Loss))];
        AppendHead("Progress");
        _page.Append("<div class=\"charts\">\n");
        AppendChart("Loss", "step", [.. Series("loss", progress.Loss), .. Series("validation", validations)], Marks("loss_spike", "non_finite_loss", "divergence", "plateau"));
        AppendChart("Accuracy", "step", [.. Series("accuracy", progress.Accuracy)], linear: true);
        AppendChart("Throughput, samples a second", "step", [.. Series("throughput", progress.Throughput?.Series)]);
        AppendChart("Learning rate", "step", [.. Series("learning rate", progress.LearningRate)], linear: true);
        foreach ((string name, ValueFigures figures) in progress.Metrics)
        {
            AppendChart(name, "step", [.. Series(name, figures)]);
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
        ChartMark[] issues = [.. stability.Layers.Where(layer => layer.FirstStep is not null).Select(layer => new ChartMark(layer.FirstStep!.Value, layer.FirstStep.Value, "issue", $"first {layer.Type} in {layer.Location}, step {layer.FirstStep}"))];
        _page.Append("<div class=\"charts\">\n");
        AppendChart("Gradient norm", "step", [.. Series("norm", stability.GradientNorm)], [.. Marks("norm_spike"), .. issues]);
        AppendChart("Stability score", "step", [.. Series("score", stability.Score)], issues);
        _page.Append("</div>\n");
        if (stability.Guard is { } guard)
        {
            _page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">Gradients are guarded: {Encode(guard)}.{(stability.Norms is { } norms ? $" Norm: median {Number(norms.P50)}, 99 % below {Number(norms.P99)}, max {Number(norms.Maximum)}." : string.Empty)}</p>\n");
        }

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
        _page.Append("<div class=\"charts\">\n");
        AppendChart("Seconds of a step", "step", [.. Series("seconds", performance.StepSecondsSeries)], Marks("stall"));
        AppendChart("Memory, MiB", "second of the run", [.. Series("process", InMebibytes(performance.ProcessBytes)), .. Series("managed", InMebibytes(performance.ManagedBytes))], linear: true);
        AppendChart("GPU memory, MiB", "second of the run", performance.Gpus.Count > 0 ? [.. performance.Gpus.SelectMany(gpu => Series($"GPU {gpu.Device}", InMebibytes(gpu.UsedBytes)))] : [.. Series("GPU", InMebibytes(performance.GpuBytes))], linear: true);
        AppendChart("Load, %", "second of the run", [.. Series("process", performance.ProcessCpu), .. performance.Gpus.Count > 0 ? performance.Gpus.SelectMany(gpu => Series($"GPU {gpu.Device}", gpu.Utilization)) : Series("GPU", performance.GpuUtilization)], linear: true);
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

    private void AppendChart(string title, string axis, IReadOnlyList<ChartSeries> series, IReadOnlyList<ChartMark>? marks = null, bool linear = false) =>
        _page.Append(SvgChart.Draw(title, axis, series, marks ?? [], linear));

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
        [.. _analysis.Anomalies.Found.Where(anomaly => kinds.Contains(anomaly.Kind)).Select(anomaly => new ChartMark(anomaly.Step, anomaly.LastStep, anomaly.Kind, $"step {anomaly.Step}: {anomaly.Description}"))];

    private static IEnumerable<ChartSeries> Series(string name, ValueFigures? figures) => Series(name, figures?.Series);

    private static IEnumerable<ChartSeries> Series(string name, IReadOnlyList<SeriesPoint>? points) => points is { Count: > 0 } ? [new ChartSeries(name, points, Dots: points.Count <= 60)] : [];

    private static SeriesPoint Single(long position, double value) =>
        double.IsFinite(value) ? new(position, value, value, value, 0) : new(position, double.NaN, double.NaN, double.NaN, 1);

    private static SeriesPoint[]? InMebibytes(ValueFigures? bytes) => bytes is null ? null
        : [.. bytes.Series.Select(point => point with { Minimum = point.Minimum / 1048576, Mean = point.Mean / 1048576, Maximum = point.Maximum / 1048576 })];

    private static string?[] Row(string name, Percentiles seconds, double total, double change, Percentiles? throughput) =>
        [name, Count(seconds.Count), Seconds(total), Seconds(seconds.P50), Seconds(seconds.P90), Seconds(seconds.P99), Seconds(seconds.Maximum), Change(change), Number(throughput?.P50)];

    private static string Encode(string text) => ShownText.Html(text);

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream($"FastTrainLog.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
