using System.Globalization;
using System.Text;

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
        rows.Add(Row("steps", run => Number(run.Steps)));
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
        rows.AddRange(Differences.Select(key => Row($"with {key}", run => run.Configuration.GetValueOrDefault(key, "-"))));
        WriteRows(rows, output);
        output.WriteLine();
        WriteCurves(output);
    }

    // The best of a row carries a star, where one is best.
    private string[] Row(string name, Func<ComparedRun, string> text, Func<ComparedRun, double?>? lowerIsBetter = null)
    {
        double?[] values = [.. runs.Select(run => lowerIsBetter?.Invoke(run))];
        double? best = values.Where(value => value is { } v && double.IsFinite(v)).Min();
        bool hasBest = best is not null && values.Any(value => value != best);
        return [name, .. runs.Select((run, i) => text(run) + (hasBest && values[i] == best ? " *" : string.Empty))];
    }

    private static void WriteRows(List<string[]> rows, TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    // On one scale of steps and of losses, so that they can be held against each other.
    private void WriteCurves(TextWriter output)
    {
        double end = runs.Max(run => run.Curve.LastStep) + 1;
        double width = Math.Max(1, end / CurveLength);
        var curves = runs.Select(run => Enumerable.Range(0, CurveLength).Select(i => run.Curve.Mean(i * width, (i + 1) * width)).ToArray()).ToList();
        double[] finite = [.. curves.SelectMany(curve => curve).Where(loss => loss is { } l && double.IsFinite(l)).Select(loss => loss!.Value)];
        if (finite.Length == 0)
        {
            return;
        }

        double low = finite.Min();
        double high = finite.Max();
        int longest = runs.Max(run => run.Id.Length);
        output.WriteLine($"loss, from {Number(low)} to {Number(high)} over {Number(end - 1)} steps");
        for (int i = 0; i < runs.Count; i++)
        {
            var line = new StringBuilder(runs[i].Id.PadRight(longest + 2));
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
