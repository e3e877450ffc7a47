using System.Globalization;
using System.Text;
using FastTrainLog.Analysis.Reports;
using Spectre.Console;

namespace FastTrainLog.Tool.Compare;

/// <summary>Runs side by side: a row for each figure, a column for each run.</summary>
internal sealed class Comparison(IReadOnlyList<ComparedRun> runs)
{
    private const int CurveLength = 32;
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <summary>Gets what the runs were started with that is not the same in all.</summary>
    public IReadOnlyList<string> Differences { get; } =
        [.. runs.SelectMany(run => run.Configuration.Keys).Distinct().Where(key => runs.Select(run => run.Configuration.GetValueOrDefault(key)).Distinct().Count() > 1)];

    public void Write(TextWriter output)
    {
        var rows = new List<string[]> { Row("run", run => run.Id) };
        if (runs.Select(run => run.Directory).Distinct().Count() > 1)
        {
            rows.Add(Row("directory", run => run.Directory));
        }

        rows.Add(Row("started", run => run.Start.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)));
        rows.Add(Row("outcome", run => run.Outcome));
        rows.Add(Row("duration", run => run.Duration.ToString(run.Duration.TotalDays < 1 ? @"h\:mm\:ss\.f" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture)));
        rows.Add(Row("steps", run => FigureText.Count(run.Steps)));
        rows.Add(Row("final loss", run => Number(run.FinalLoss), run => run.FinalLoss));
        rows.Add(Row("best loss", run => run.BestLoss is null ? "-" : $"{Number(run.BestLoss)} at {run.BestLossStep}", run => run.BestLoss));
        rows.Add(Row("best validation loss", run => Number(run.BestValidationLoss), run => run.BestValidationLoss));
        rows.AddRange(runs.SelectMany(run => run.Metrics.Keys).Distinct().Select(metric => Row(metric, run => Number(run.Metrics.TryGetValue(metric, out double value) ? value : null))));
        rows.Add(Row("samples/s", run => Number(run.Throughput), run => -run.Throughput));
        rows.Add(Row("clipped steps", run => run.ClipRate is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate * 100:0.#}%") : "-"));
        rows.Add(Row("non-finite steps", run => Number(run.NonFiniteSteps), run => run.NonFiniteSteps));
        rows.Add(Row("numerical issues", run => Number(run.Issues), run => run.Issues));
        rows.Add(Row("warnings", run => Number(run.Warnings), run => run.Warnings));
        rows.Add(Row("errors", run => Number(run.Errors), run => run.Errors));
        AddRanks(rows);
        rows.AddRange(Differences.Select(key => Row($"with {key}", run => run.Configuration.GetValueOrDefault(key, "-"))));
        WriteRows(rows, output);
        output.WriteLine();
        WriteCurves(output);
    }

    private void AddRanks(List<string[]> rows)
    {
        if (runs.All(run => run.Ranks is null))
        {
            return;
        }

        rows.Add(Row("ranks", run => run.Ranks is not { } ranks ? "1" : ranks.Missing.Count == 0 ? Number(ranks.WorldSize) : $"{ranks.Each.Count} of {ranks.WorldSize}"));
        rows.Add(Row("spread of step times", run => run.Ranks?.StepTimes is { } times ? FigureText.Percent(times.Spread) : "-", run => run.Ranks?.StepTimes?.Spread));
        rows.Add(Row("slowest rank", run => run.Ranks?.StepTimes is { } times ? string.Create(CultureInfo.InvariantCulture, $"{times.Slowest}, {times.Maximum / times.Median:0.0#}x") : "-"));
        rows.Add(Row("stragglers", run => Ranks(run.Ranks?.Stragglers.Select(straggler => straggler.Rank))));
        rows.Add(Row("disagreeing ranks", run => Ranks(run.Ranks?.Disagreements.Select(difference => difference.Rank))));
        rows.Add(Row("silent ranks", run => Ranks(run.Ranks?.Silent)));
        rows.Add(Row("first non-finite", run => run.Ranks?.FirstNonFinite is { } first ? $"rank {first.Rank} at {first.Step}, {first.Location}" : "-"));
    }

    private static string Ranks(IEnumerable<long>? ranks) => ranks?.Distinct().Order().ToArray() is { Length: > 0 } known ? string.Join(' ', known) : "-";

    // The best of a row carries a star, where one is best.
    private string[] Row(string name, Func<ComparedRun, string> text, Func<ComparedRun, double?>? lowerIsBetter = null)
    {
        double?[] values = [.. runs.Select(run => lowerIsBetter?.Invoke(run))];
        double? best = values.Where(value => value is { } v && double.IsFinite(v)).Min();
        bool hasBest = best is not null && values.Any(value => value != best);
        return [ShownText.Of(name), .. runs.Select((run, i) => ShownText.Of(text(run)) + (hasBest && values[i] == best ? " *" : string.Empty))];
    }

    private static void WriteRows(List<string[]> rows, TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].GetCellWidth()))];
        foreach (string[] row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => Padded(cell, widths[column]))).TrimEnd());
        }
    }

    private static string Padded(string text, int width) => text + new string(' ', Math.Max(0, width - text.GetCellWidth()));

    // On one scale of steps and of losses, so that they can be held against each other.
    private void WriteCurves(TextWriter output)
    {
        double end = runs.Max(run => run.Curve.LastStep) + 1.0;
        double width = Math.Max(1, end / CurveLength);
        var curves = runs.Select(run => Enumerable.Range(0, CurveLength).Select(i => run.Curve.Mean(i * width, (i + 1) * width)).ToArray()).ToList();
        double[] finite = [.. curves.SelectMany(curve => curve).Where(loss => loss is { } l && double.IsFinite(l)).Select(loss => loss!.Value)];
        if (finite.Length == 0)
        {
            return;
        }

        double low = finite.Min();
        double high = finite.Max();
        string[] names = [.. runs.Select(run => ShownText.Of(run.Id))];
        int longest = names.Max(name => name.GetCellWidth());
        output.WriteLine($"loss, from {Number(low)} to {Number(high)} over {FigureText.Number(end - 1.0)} steps");
        for (int i = 0; i < runs.Count; i++)
        {
            var line = new StringBuilder(Padded(names[i], longest + 2));
            foreach (double? loss in curves[i])
            {
                line.Append(loss switch
                {
                    null => ' ',
                    { } l when !double.IsFinite(l) => '×',
                    { } l => Levels[high > low ? (int)((l - low) / (high - low) * (Levels.Length - 1)) : 0],
                });
            }

            output.WriteLine(line.ToString().TrimEnd());
        }
    }

    private static string Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "-";
}
