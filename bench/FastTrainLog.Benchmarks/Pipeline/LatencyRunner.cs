using System.Globalization;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Compares what a log call costs its caller, by single calls, loggers in turn and each in a process of its own.</summary>
internal static class LatencyRunner
{
    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 5);
        // Side by side are only calls of one kind: a peer called directly is no measure of ours behind a composite logger.
        (string Logger, string Format)[] candidates = options.ThroughMel
            ? Contestants.ThroughMel
            : [(LatencyChild.Disabled, "none"), .. Contestants.All];
        // Always among them: the empty timer, whose time is subtracted from all others, and the floor that they are compared with.
        (string Logger, string Format)[] all =
        [
            (LatencyChild.EmptyTimer, "none"),
            (LatencyChild.Floor, "none"),
            .. candidates.Where(c => options.Wants(c.Logger, c.Format) && (c.Logger != LatencyChild.Disabled || options.Pace is null or "burst")),
        ];
        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine($"{options.Rounds} round(s), loggers in turn; nanoseconds by single calls, the empty timer's median subtracted");

        var results = all.ToDictionary(c => c, _ => new List<LatencyResult>());
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach ((string logger, string format) contestant in all)
            {
                Console.Error.Write($"\rround {round + 1}/{options.Rounds}: {contestant.logger} {contestant.format}".PadRight(79));
                results[contestant].Add(ChildRun.Start<LatencyResult>("latency", contestant.logger, contestant.format, options.Pace ?? string.Empty, options.Quick.ToString()));
            }
        }

        Console.Error.WriteLine();
        Dictionary<string, double> timer = results[all[0]].SelectMany(r => r.Paces).GroupBy(p => p.Pace).ToDictionary(g => g.Key, g => Median(g.Select(p => Percentile(p.Samples, 0.5))));
        List<LatencyRow> rows = [.. all.SelectMany(c => Rows(c.Logger, c.Format, results[c], timer))];
        Print(rows);
        options.Save(rows);
        return 0;
    }

    private static IEnumerable<LatencyRow> Rows(string logger, string format, List<LatencyResult> results, Dictionary<string, double> timer)
    {
        foreach (IGrouping<string, PaceResult> pace in results.SelectMany(r => r.Paces).GroupBy(p => p.Pace))
        {
            // The empty timer's own rows stay raw; a burst is timed as a whole, so no timer is in it to subtract.
            double off = logger == LatencyChild.EmptyTimer || pace.Key == "burst" ? 0 : timer[pace.Key];
            double Of(Func<double[], double> figure) => Round(Median(pace.Select(p => figure(p.Samples))) - off);
            yield return new LatencyRow(
                logger,
                format,
                pace.Key,
                Of(s => Percentile(s, 0.5)),
                Of(s => Percentile(s, 0.9)),
                Of(s => Percentile(s, 0.99)),
                Of(s => Percentile(s, 0.999)),
                Of(s => s.Max()),
                Of(s => s.Average()),
                Math.Round(Median(pace.Select(p => p.BytesPerCall)), 2),
                results.Max(r => r.Lost),
                Round(pace.Min(p => Percentile(p.Samples, 0.5)) - off),
                Round(pace.Max(p => Percentile(p.Samples, 0.5)) - off),
                [.. Distribution([.. pace.SelectMany(p => p.Samples).Order()], off)]);
        }
    }

    private static double Round(double nanoseconds) => Math.Round(Math.Max(0, nanoseconds), 1);

    private static IEnumerable<double> Distribution(double[] sorted, double off) =>
        LatencyRow.Shares.Select(share => Round(Quantile.Of(sorted, share) - off));

    private static double Percentile(double[] samples, double share) => Quantile.Of(samples.Order().ToArray(), share);

    private static double Median(IEnumerable<double> values) => Quantile.Median(values);

    private static void Print(List<LatencyRow> rows)
    {
        Console.WriteLine($"{"logger",-34} {"format",-6} {"pace",-6} {"p50",9} {"(least .. most)",19} {"p90",9} {"p99",9} {"p99.9",9} {"max",11} {"mean",9} {"B/call",8} {"lost",5}");
        foreach (LatencyRow row in rows.OrderBy(r => Array.IndexOf(LatencyChild.Paces, r.Pace)))
        {
            string range = string.Create(CultureInfo.InvariantCulture, $"({row.LeastP50:F1} .. {row.MostP50:F1})");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Logger,-34} {row.Format,-6} {row.Pace,-6} {row.P50,9:F1} {range,19} {row.P90,9:F1} {row.P99,9:F1} {row.P999,9:F1} {row.Max,11:F1} {row.Mean,9:F1} {row.BytesPerCall,8:F1} {row.Lost,5}"));
        }
    }
}
