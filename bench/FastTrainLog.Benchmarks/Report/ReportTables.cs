using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Report;

/// <summary>Writes the runners' rows as Markdown tables.</summary>
internal static class ReportTables
{
    public static void WriteLatency(TextWriter text, IReadOnlyList<LatencyRow> rows, string plot)
    {
        text.WriteLine();
        text.WriteLine("## Latency");
        text.WriteLine();
        text.WriteLine($"![Distribution of single calls at three paces]({plot})");
        text.WriteLine();
        text.WriteLine("Nanoseconds a call; medians over the rounds, the range of p50 in brackets; the empty timer's median is subtracted.");
        foreach (IGrouping<string, LatencyRow> pace in rows.GroupBy(r => r.Pace).OrderBy(g => Array.IndexOf(LatencyChild.Paces, g.Key)))
        {
            text.WriteLine();
            text.WriteLine($"### {TitleOf(pace.Key)}");
            text.WriteLine();
            text.WriteLine("| logger | format | p50 | p90 | p99 | p99.9 | max | mean | B a call | lost |");
            text.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
            foreach (LatencyRow row in pace)
            {
                text.WriteLine(
                    $"| {row.Logger} | {row.Format} | {Nanoseconds(row.P50)} ({Nanoseconds(row.LeastP50)} to {Nanoseconds(row.MostP50)}) | {Nanoseconds(row.P90)} | "
                    + $"{Nanoseconds(row.P99)} | {Nanoseconds(row.P999)} | {Nanoseconds(row.Max)} | {Nanoseconds(row.Mean)} | {Grouped(row.BytesPerCall)} | {row.Lost} |");
            }
        }
    }

    public static void WriteThroughput(TextWriter text, IReadOnlyList<ThroughputRow> rows)
    {
        text.WriteLine();
        text.WriteLine("## Throughput");
        text.WriteLine();
        text.WriteLine("From the first call until the file is closed.");
        text.WriteLine();
        text.WriteLine("| logger | format | threads | messages/s | CPU µs a message | peak MiB | B a message | lost |");
        text.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|");
        foreach (ThroughputRow row in rows)
        {
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Logger} | {row.Format} | {row.Threads} | {Grouped(row.MessagesPerSecond)} | {row.ProcessorMicroseconds:F2} | {row.PeakResidentMegabytes:F0} | {Grouped(row.BytesPerMessage)} | {row.Lost} |"));
        }
    }

    /// <summary>Returns what a heading calls a pace.</summary>
    public static string TitleOf(string pace) => pace switch
    {
        "2us" => "A call every 2 µs",
        "100us" => "A call every 100 µs",
        "1ms" => "A call every 1 ms",
        "burst" => "Bursts of 1,000 calls, by the burst",
        "cold" => "Caches evicted before each call",
        "4threads" => "4 threads that sleep for 1 ms between calls: the slowest",
        "16threads" => "16 threads that sleep for 1 ms between calls: the slowest",
        _ => pace,
    };

    private static string Nanoseconds(double value) => value < 10 ? value.ToString("0.#", CultureInfo.InvariantCulture) : Grouped(value);

    private static string Grouped(double value) => value.ToString("#,##0", CultureInfo.InvariantCulture);
}
