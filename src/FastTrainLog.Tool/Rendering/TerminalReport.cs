using System.Globalization;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Reports;
using Spectre.Console;
using static FastTrainLog.Analysis.Reports.FigureText;

namespace FastTrainLog.Tool.Rendering;

/// <summary>An analysis as tables and sparklines on a terminal.</summary>
internal sealed class TerminalReport(IAnsiConsole console, LogAnalysis analysis)
{
    private const int MostRows = 12;
    private const int MostRanks = 16;
    private const int WideTerminal = 110;

    private bool _isCut;

    private bool IsWide => console.Profile.Width >= WideTerminal;

    public void Write()
    {
        WriteRun();
        if (analysis.Ranks is { } ranks)
        {
            WriteHead(RankText.Head(ranks));
            foreach (string line in RankText.Lines(ranks))
            {
                console.MarkupLine(Text(line));
            }

            WriteRanks(ranks);
        }

        WriteProgress();
        WriteStability();
        WriteAnomalies();
        WriteErrors();
        WritePerformance();
        WriteUnreadable();
        if (_isCut)
        {
            console.MarkupLine("[grey]Some columns need a wider terminal; --json and --html have them.[/]");
        }
    }

    private void WriteRun()
    {
        RunFigures run = analysis.Run;
        string color = run.Outcome switch
        {
            "completed" => "green",
            "failed" or "killed" => "red",
            _ => "yellow",
        };
        console.MarkupLine($"[bold]{Text(run.Model ?? "Run")}[/] {Text(run.Name)} [{color}]{run.Outcome}[/]{(run.Reason is null ? string.Empty : ": " + Text(run.Reason))}");
        console.MarkupLine($"[grey]{Time(run.Started)} UTC, {Seconds(analysis.Progress.DurationSeconds)}, {Count(run.Records, "record")}[/]");
        if (analysis.Runs.Count > 1)
        {
            var table = new FigureTable("Run", "Outcome", "#Last step", "#Last loss", "Started", "Model");
            foreach (RunFigures other in analysis.Runs.TakeLast(MostRows))
            {
                table.Add(other.Name, other.Outcome, Count(other.LastStep), Number(other.LastLoss), Time(other.Started), other.Model);
            }

            WriteHead($"{analysis.Runs.Count} runs in this log; choose one with --run");
            Show(table);
        }
    }

    private void WriteRanks(RankFigures ranks)
    {
        // With many ranks, only the ones with the most severe problems.
        IEnumerable<RankSummary> shown = ranks.Each.Count <= MostRanks ? ranks.Each
            : ranks.Each.OrderByDescending(rank => (rank.Outcome is not ("completed" or "running"), rank.IsSilent, rank.NonFiniteSteps > 0, rank.StepTimeScore ?? 0.0)).Take(MostRanks);
        var table = new FigureTable("Rank", "Outcome", "#Last step", "#Step p50", "#p99", "#Score", "#Last loss", "#Non-finite", "#Warnings", "#Errors");
        foreach (RankSummary rank in shown)
        {
            table.Add(
                rank.Rank.ToString(CultureInfo.InvariantCulture), rank.IsSilent ? "silent" : rank.Outcome, Count(rank.LastStep), Seconds(rank.StepSeconds), Seconds(rank.StepSecondsP99),
                Number(rank.StepTimeScore), Number(rank.LastLoss), Count(rank.NonFiniteSteps), Count(rank.Warnings), Count(rank.Errors));
        }

        Show(table);
        if (ranks.Each.Count > MostRanks)
        {
            console.MarkupLine($"[grey]… and {Count(ranks.Each.Count - MostRanks)} more; --json and --html show them.[/]");
        }
    }

    private void WriteProgress()
    {
        ProgressFigures progress = analysis.Progress;
        WriteHead("Progress");
        string total = progress.TotalSteps is { } steps ? $" of {Count(steps)} ({Percent(progress.Percent / 100.0)})" : string.Empty;
        console.MarkupLine($"{Count(progress.Steps, "step")}{total}, {Number(progress.StepsPerSecond)} a second{(progress.Throughput is { } throughput ? $", {Number(throughput.Overall)} samples a second" : string.Empty)}");
        if (progress.Trend is { } trend)
        {
            console.MarkupLine($"Loss smoothed: {Number(trend.Smoothed)}, {trend.Direction}; best {Number(trend.BestSmoothed)} at step {Count(trend.BestSmoothedStep)}");
        }

        var table = new FigureTable("Value", "#First", "#Last", "#Min", "#Max", "~Trend");
        AddValue(table, "loss", progress.Loss);
        AddValue(table, "accuracy", progress.Accuracy);
        AddValue(table, "learning rate", progress.LearningRate);
        foreach ((string name, ValueFigures figures) in progress.Metrics.Take(MostRows))
        {
            AddValue(table, name, figures);
        }

        AddValue(table, "validation loss", progress.ValidationLoss);
        foreach ((string name, ValueFigures figures) in progress.ValidationMetrics.Take(MostRows))
        {
            AddValue(table, $"validation {name}", figures);
        }

        AddValue(table, "gradient norm", analysis.Stability.GradientNorm);
        AddValue(table, "stability", analysis.Stability.Score);
        if (table.Rows > 0)
        {
            Show(table);
        }

        WriteEta(progress);
        if (progress.BestValidation is { } best)
        {
            string metrics = string.Concat(best.Metrics.Select(metric => $", {metric.Key} {Number(metric.Value)}"));
            console.MarkupLine($"Best of {Count(progress.ValidationCount, "validation")}: loss {Number(best.Loss)} at step {Count(best.Step)}{Text(metrics)}");
        }

        if (progress.CheckpointCount + progress.CheckpointsRefused > 0)
        {
            CheckpointFigures? last = progress.Checkpoints.LastOrDefault(checkpoint => checkpoint.Outcome != "refused");
            console.MarkupLine(
                $"{Count(progress.CheckpointCount, "checkpoint")}, {progress.CheckpointsFlagged} flagged, {progress.CheckpointsRefused} refused{(last is null ? string.Empty : $"; the last at step {Count(last.Step)}: {Text(last.Path)}")}");
        }
    }

    private void WriteEta(ProgressFigures progress)
    {
        if (progress.Eta.Count > 0)
        {
            console.MarkupLine("Predicted time left was off by " + string.Join(", ", progress.Eta.Select(eta => $"{Change(eta.ErrorPercent / 100.0)} at {eta.Percent} %")));
        }
    }

    private void WriteStability()
    {
        StabilityFigures stability = analysis.Stability;
        if (stability.Norms is null && stability.Layers.Count == 0)
        {
            return;
        }

        WriteHead("Stability");
        if (stability.Norms is { } all)
        {
            console.MarkupLine($"Gradient norm: p50 {Number(all.P50)}, p90 {Number(all.P90)}, p99 {Number(all.P99)}, max {Number(all.Maximum)}; clipped in {Percent(stability.ClipRate)} of steps");
        }

        if (stability.LayerNorms.Count > 0)
        {
            var norms = new FigureTable("Gradients of layer", "#p50", "#p99", "#Max", "#At step", "#Last", "#Zeros", "#Count");
            foreach (LayerNormFigures layer in stability.LayerNorms.Take(MostRows))
            {
                norms.Add(layer.Layer, Number(layer.Norms.P50), Number(layer.Norms.P99), Number(layer.Norms.Maximum), Count(layer.MaximumStep), Number(layer.Last), Percent(layer.Zeros), Count(layer.Norms.Count));
            }

            Show(norms);
            WriteRest(stability.LayerNorms.Count);
        }

        if (stability.Layers.Count == 0)
        {
            console.MarkupLine("[grey]No numerical issue.[/]");
            return;
        }

        var table = new FigureTable("Layer or operation", "Issue", "#Count", "#Steps", "#NaN", "#Inf", "Worst");
        foreach (LayerFigures layer in stability.Layers.Take(MostRows))
        {
            table.Add(layer.Location, layer.Type, Count(layer.Count), Steps(layer.FirstStep, layer.LastStep), Count(layer.NaNCount), Count(layer.InfinityCount), layer.WorstSeverity);
        }

        Show(table);
        WriteRest(stability.Layers.Count);
        console.MarkupLine($"{Count(stability.NonFiniteSteps, "step")} not finite. Recoveries: {Text(string.Join(", ", stability.Recoveries.Select(action => $"{action.Key} × {Count(action.Value)}")))}");
    }

    private void WriteAnomalies()
    {
        AnomalyFigures anomalies = analysis.Anomalies;
        if (anomalies.Count == 0)
        {
            return;
        }

        WriteHead("Anomalies");
        var table = new FigureTable("Kind", "#Step", "What", "#Size", "Time");
        foreach (Anomaly anomaly in anomalies.Found.Take(MostRows))
        {
            table.Add(anomaly.Kind.Replace('_', ' '), Steps(anomaly.Step, anomaly.LastStep), anomaly.Description, Number(anomaly.Size), anomaly.Time.ToString("HH:mm:ss"));
        }

        Show(table);
        WriteRest(anomalies.Count);
    }

    private void WriteErrors()
    {
        ErrorFigures errors = analysis.Errors;
        if (errors.Count == 0)
        {
            return;
        }

        WriteHead("Errors");
        console.MarkupLine(
            $"{Count(errors.Warnings, "warning")}, {Count(errors.Errors, "error")}, {Count(errors.Criticals)} critical: {Number(errors.PerThousandSteps)} per 1,000 steps, {Number(errors.PerHour)} per hour");
        foreach (ErrorPattern pattern in errors.Patterns.Take(MostRows))
        {
            string color = pattern.Level == "WARNING" ? "yellow" : "red";
            string what = pattern.Category is null ? pattern.Event : $"{pattern.Category} in {pattern.Operation}";
            console.MarkupLine($"[{color}]{pattern.Level}[/] [bold]{Text(what)}[/] × {Count(pattern.Count)}, step {Steps(pattern.FirstStep, pattern.LastStep)}{(pattern.Recovered > 0 ? $", recovered from {Count(pattern.Recovered)}" : string.Empty)}");
            WriteIndented(pattern.Example);
            WriteIndented(pattern.CommonContext.Count == 0 ? null : (pattern.Count == 1 ? "Context: " : "In common: ") + string.Join(", ", pattern.CommonContext.Select(pair => $"{pair.Key}: {pair.Value}")));
            WriteIndented(pattern.Suggestion is null ? null : "Suggestion: " + pattern.Suggestion);
        }

        WriteRest(errors.Patterns.Count);
    }

    private void WritePerformance()
    {
        PerformanceFigures performance = analysis.Performance;
        WriteHead("Performance");
        var table = new FigureTable("Operation", "#p50", "#p99", "#Max", "#Total", "#Count", "#p90", "#Change", "~Trend");
        if (performance.StepSeconds is { } step)
        {
            AddOperation(table, "step", step, step.Mean * step.Count, performance.StepSecondsChange, performance.StepSecondsSeries);
        }

        foreach (OperationFigures operation in performance.Operations.Take(MostRows))
        {
            AddOperation(table, operation.Operation, operation.Seconds, operation.TotalSeconds, operation.Change, operation.Series);
        }

        if (table.Rows > 0)
        {
            Show(table);
            WriteRest(performance.Operations.Count);
        }

        WriteMemory("Process memory", performance.ProcessBytes, performance.ProcessBytesPerHour);
        WriteMemory("Managed memory", performance.ManagedBytes, double.NaN);
        if (performance.Gpus.Count == 0)
        {
            WriteMemory("GPU memory", performance.GpuBytes, double.NaN);
        }

        foreach (GpuFigures gpu in performance.Gpus.Take(MostRows))
        {
            WriteMemory($"Memory of GPU {gpu.Device}", gpu.UsedBytes, double.NaN);
            if (gpu.Utilization is { } utilization)
            {
                console.MarkupLine($"Load of GPU {gpu.Device}: mean {Percent(utilization.Mean / 100.0)}, max {Percent(utilization.Maximum / 100.0)} [blue]{Sparkline.Draw(utilization.Series, 20)}[/]");
            }
        }
    }

    private void WriteMemory(string name, ValueFigures? bytes, double perHour)
    {
        if (bytes is not null)
        {
            string growth = double.IsNaN(perHour) ? string.Empty : $", {(perHour < 0 ? "-" : "+")}{Bytes(Math.Abs(perHour))} per hour";
            console.MarkupLine($"{name}: {Bytes(bytes.First)} to {Bytes(bytes.Last)}, max {Bytes(bytes.Maximum)}{growth} [blue]{Sparkline.Draw(bytes.Series, 20)}[/]");
        }
    }

    private void WriteUnreadable()
    {
        UnreadableFigures unreadable = analysis.Unreadable;
        if (unreadable.Lines == 0)
        {
            return;
        }

        WriteHead("Unreadable");
        console.MarkupLine($"[yellow]{Count(unreadable.Lines, "line")}[/], {Bytes(unreadable.Bytes)}");
        var table = new FigureTable("File", "#Line", "Reason", "#Byte", "#Length");
        foreach (Reading.UnreadableLine place in unreadable.Places.Take(MostRows))
        {
            table.Add(Path.GetFileName(place.File), Count(place.Line), place.Reason, Count(place.Offset), Count(place.Length));
        }

        Show(table);
        WriteRest(unreadable.Lines);
    }

    private void WriteHead(string head)
    {
        console.WriteLine();
        console.MarkupLine($"[bold underline]{Text(head)}[/]");
    }

    private void WriteRest(long count)
    {
        if (count > MostRows)
        {
            console.MarkupLine($"[grey]… and {Count(count - MostRows)} more; --json and --html show them.[/]");
        }
    }

    private void WriteIndented(string? text, bool isDimmed = false)
    {
        if (text is not null)
        {
            console.Write(new Padder(new Text(ShownText.Of(text), isDimmed ? new Style(Color.Grey) : Style.Plain)).Padding(2, 0, 0, 0));
        }
    }

    private void Show(FigureTable table) => _isCut |= table.Write(console).Count > 0;

    private void AddValue(FigureTable table, string name, ValueFigures? figures)
    {
        if (figures is not null)
        {
            table.Add(name, Number(figures.First), Number(figures.Last), Number(figures.Minimum), Number(figures.Maximum), Sparkline.Draw(figures.Series, IsWide ? 40 : 20));
        }
    }

    private static void AddOperation(FigureTable table, string name, Percentiles seconds, double total, double change, IReadOnlyList<SeriesPoint> series) => table.Add(
        name,
        Seconds(seconds.P50),
        Seconds(seconds.P99),
        Seconds(seconds.Maximum),
        Seconds(total),
        Count(seconds.Count),
        Seconds(seconds.P90),
        Change(change),
        series.Count > 1 ? Sparkline.Draw(series, 16) : string.Empty);

    private static string Text(string text) => Markup.Escape(ShownText.Of(text));
}
