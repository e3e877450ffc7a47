using FastTrainLog.Analysis;
using Spectre.Console;
using static FastTrainLog.Analysis.Reports.FigureText;

namespace FastTrainLog.Tool.Rendering;

/// <summary>An analysis as tables and sparklines on a terminal.</summary>
internal sealed class TerminalReport(IAnsiConsole console, LogAnalysis analysis)
{
    private const int MostRows = 12;
    private const int WideTerminal = 110;

    private bool IsWide => console.Profile.Width >= WideTerminal;

    public void Write()
    {
        WriteRun();
        WriteProgress();
        WriteStability();
        WriteAnomalies();
        WriteErrors();
        WritePerformance();
        WriteUnreadable();
    }

    private void WriteRun()
    {
        RunFigures run = analysis.Run;
        string color = run.Outcome switch
        {
            "completed" => "green",
            "failed" => "red",
            _ => "yellow",
        };
        console.MarkupLine($"[bold]{Text(run.Model ?? "Run")}[/] {Text(run.Name)} [{color}]{run.Outcome}[/]{(run.Reason is null ? string.Empty : ": " + Text(run.Reason))}");
        console.MarkupLine($"[grey]{Time(run.Started)} UTC, {Seconds(analysis.Progress.DurationSeconds)}, {Count(run.Records, "record")}[/]");
        if (analysis.Runs.Count > 1)
        {
            Table table = NewTable("Run", "Model", "Started", "Outcome", "#Last step", "#Last loss");
            foreach (RunFigures other in analysis.Runs.TakeLast(MostRows))
            {
                AddRow(table, other.Name, other.Model, Time(other.Started), other.Outcome, Count(other.LastStep), Number(other.LastLoss));
            }

            WriteHead($"{analysis.Runs.Count} runs in this log; choose one with --run");
            console.Write(table);
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

        Table table = NewTable("Value", "#First", "#Last", "#Least", "#Greatest", "Course");
        AddValue(table, "loss", progress.Loss);
        AddValue(table, "accuracy", progress.Accuracy);
        AddValue(table, "learning rate", progress.LearningRate);
        foreach ((string name, ValueFigures figures) in progress.Metrics.Take(MostRows))
        {
            AddValue(table, name, figures);
        }

        AddValue(table, "gradient norm", analysis.Stability.GradientNorm);
        AddValue(table, "stability", analysis.Stability.Score);
        if (table.Rows.Count > 0)
        {
            console.Write(table);
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
            console.MarkupLine("ETA was off by " + string.Join(", ", progress.Eta.Select(eta => $"{Change(eta.ErrorPercent / 100.0)} at {eta.Percent} %")));
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
            console.MarkupLine($"Gradient norm: p50 {Number(all.P50)}, p90 {Number(all.P90)}, p99 {Number(all.P99)}, greatest {Number(all.Maximum)}; clipped in {Percent(stability.ClipRate)} of steps");
        }

        if (stability.LayerNorms.Count > 0)
        {
            Table norms = NewTable("Gradients of layer", "#Times", "#p50", "#p99", "#Greatest", "#At step", "#Last", "#Zeros");
            foreach (LayerNormFigures layer in stability.LayerNorms.Take(MostRows))
            {
                AddRow(norms, layer.Layer, Count(layer.Norms.Count), Number(layer.Norms.P50), Number(layer.Norms.P99), Number(layer.Norms.Maximum), Count(layer.MaximumStep), Number(layer.Last), Percent(layer.Zeros));
            }

            console.Write(norms);
            WriteRest(stability.LayerNorms.Count);
        }

        if (stability.Layers.Count == 0)
        {
            console.MarkupLine("[grey]No numerical issue.[/]");
            return;
        }

        Table table = NewTable("Layer or operation", "Issue", "#Times", "#NaN", "#Infinite", "Worst", "#Steps");
        foreach (LayerFigures layer in stability.Layers.Take(MostRows))
        {
            AddRow(table, layer.Location, layer.Type, Count(layer.Count), Count(layer.NaNCount), Count(layer.InfinityCount), layer.WorstSeverity, Steps(layer.FirstStep, layer.LastStep));
        }

        console.Write(table);
        WriteRest(stability.Layers.Count);
        console.MarkupLine($"{Count(stability.NonFiniteSteps, "step")} not finite. Done about it: {Text(string.Join(", ", stability.Recoveries.Select(action => $"{action.Key} × {Count(action.Value)}")))}");
    }

    private void WriteAnomalies()
    {
        AnomalyFigures anomalies = analysis.Anomalies;
        if (anomalies.Count == 0)
        {
            return;
        }

        WriteHead("Anomalies");
        Table table = NewTable("Kind", "#Step", "Time", "#Size", "What");
        foreach (Anomaly anomaly in anomalies.Found.Take(MostRows))
        {
            AddRow(table, anomaly.Kind.Replace('_', ' '), Steps(anomaly.Step, anomaly.LastStep), anomaly.Time.ToString("HH:mm:ss"), Number(anomaly.Size), anomaly.Description);
        }

        console.Write(table);
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
        Table table = NewTable("Operation", "#Times", "#Total", "#p50", "#p90", "#p99", "#Longest", "#Change", IsWide ? "Course" : string.Empty);
        if (performance.StepSeconds is { } step)
        {
            AddOperation(table, "step", step, step.Mean * step.Count, performance.StepSecondsChange, performance.StepSecondsSeries);
        }

        foreach (OperationFigures operation in performance.Operations.Take(MostRows))
        {
            AddOperation(table, operation.Operation, operation.Seconds, operation.TotalSeconds, operation.Change, operation.Series);
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
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
                console.MarkupLine($"Load of GPU {gpu.Device}: mean {Percent(utilization.Mean / 100.0)}, greatest {Percent(utilization.Maximum / 100.0)} [blue]{Sparkline.Draw(utilization.Series, 20)}[/]");
            }
        }
    }

    private void WriteMemory(string name, ValueFigures? bytes, double perHour)
    {
        if (bytes is not null)
        {
            string growth = double.IsNaN(perHour) ? string.Empty : $", {(perHour < 0 ? "-" : "+")}{Bytes(Math.Abs(perHour))} per hour";
            console.MarkupLine($"{name}: {Bytes(bytes.First)} to {Bytes(bytes.Last)}, greatest {Bytes(bytes.Maximum)}{growth} [blue]{Sparkline.Draw(bytes.Series, 20)}[/]");
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
        Table table = NewTable("File", "#Line", "#Byte", "#Length", "Reason");
        foreach (Reading.UnreadableLine place in unreadable.Places.Take(MostRows))
        {
            AddRow(table, Path.GetFileName(place.File), Count(place.Line), Count(place.Offset), Count(place.Length), place.Reason);
        }

        console.Write(table);
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

    private void WriteIndented(string? text)
    {
        if (text is not null)
        {
            console.Write(new Padder(new Text(text, new Style(Color.Grey))).Padding(2, 0, 0, 0));
        }
    }

    private void AddValue(Table table, string name, ValueFigures? figures)
    {
        if (figures is not null)
        {
            table.AddRow(
                Text(name), Number(figures.First), Number(figures.Last), Number(figures.Minimum), Number(figures.Maximum), $"[blue]{Sparkline.Draw(figures.Series, IsWide ? 40 : 20)}[/]");
        }
    }

    private void AddOperation(Table table, string name, Percentiles seconds, double total, double change, IReadOnlyList<SeriesPoint> series) => table.AddRow(
        Text(name),
        Count(seconds.Count),
        Seconds(total),
        Seconds(seconds.P50),
        Seconds(seconds.P90),
        Seconds(seconds.P99),
        Seconds(seconds.Maximum),
        Change(change),
        IsWide && series.Count > 1 ? $"[blue]{Sparkline.Draw(series, 16)}[/]" : string.Empty);

    private static void AddRow(Table table, params string?[] cells) => table.AddRow([.. cells.Select(cell => Text(cell ?? string.Empty))]);

    private static Table NewTable(params string[] heads)
    {
        var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        foreach (string head in heads)
        {
            var column = new TableColumn($"[grey]{Text(head.TrimStart('#'))}[/]").Padding(0, 1);
            table.AddColumn(head.StartsWith('#') ? column.RightAligned().NoWrap() : column);
        }

        return table;
    }

    private static string Text(string text) => Markup.Escape(text);
}
