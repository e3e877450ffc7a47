using System.Globalization;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Compares how many records a second reach a closed file, loggers in turn and each in a process of its own.</summary>
internal static class ThroughputRunner
{
    private const string Reference = "ZLogger generated";

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 3);
        long records = options.Quick ? 1_000_000 : 5_000_000;
        // Slower loggers get fewer records in a quick run; what is compared is the rate.
        long peerRecords = options.Quick ? 200_000 : 5_000_000;
        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine($"{options.Rounds} round(s), loggers in turn; {records} records ({peerRecords} for the peers) until flushed and closed; medians");
        (string Logger, string Format, int Threads, long Records)[] all =
        [
            .. from threads in new[] { 1, 2 }
               from contestant in Contestants.All.Where(c => options.Wants(c.Logger, c.Format))
               select (contestant.Logger, contestant.Format, threads, Contestants.Own.Contains(contestant) ? records : peerRecords),
        ];
        var results = all.ToDictionary(c => c, _ => new List<ThroughputRow>());
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (var contestant in all)
            {
                Console.Error.Write($"\rround {round + 1}/{options.Rounds}: {contestant.Logger} {contestant.Format} {contestant.Threads} thread(s)".PadRight(79));
                results[contestant].Add(ChildRun.Start<ThroughputRow>(
                    "throughput",
                    contestant.Logger,
                    contestant.Format,
                    contestant.Threads.ToString(CultureInfo.InvariantCulture),
                    contestant.Records.ToString(CultureInfo.InvariantCulture)));
            }
        }

        Console.Error.WriteLine();
        List<ThroughputRow> rows = [.. all.Select(c => results[c].OrderBy(r => r.MessagesPerSecond).ElementAt(results[c].Count / 2) with
        {
            PeakResidentMegabytes = results[c].Max(r => r.PeakResidentMegabytes),
            Lost = results[c].Max(r => r.Lost),
        })];
        Console.WriteLine($"{"logger",-23} {"format",-6} {"threads",7} {"messages/s",12} {"(least .. most)",26} {"x ZLogger",9} {"(least .. most)",16} {"CPU us/msg",10} {"x ZLogger",9} {"peak MiB",9} {"B/msg",9} {"lost",6}");
        foreach (ThroughputRow row in rows)
        {
            List<ThroughputRow> rounds = results[all.First(c => (c.Logger, c.Format, c.Threads) == (row.Logger, row.Format, row.Threads))];
            string range = string.Create(CultureInfo.InvariantCulture, $"({rounds.Min(r => r.MessagesPerSecond):F0} .. {rounds.Max(r => r.MessagesPerSecond):F0})");
            (string rate, string least, string processor) = AgainstReference(rounds, results.GetValueOrDefault(all.FirstOrDefault(c => (c.Logger, c.Format, c.Threads) == (Reference, row.Format, row.Threads))));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Logger,-23} {row.Format,-6} {row.Threads,7} {row.MessagesPerSecond,12:F0} {range,26} {rate,9} {least,16} {row.ProcessorMicroseconds,10:F3} {processor,9} {row.PeakResidentMegabytes,9:F1} {row.BytesPerMessage,9:F2} {row.Lost,6}"));
        }

        options.Save(rows);
        return 0;
    }

    /// <summary>Compares a logger with the fastest of its peers, round by round: the rate in the median and at its least and most, and the processor time of a message.</summary>
    private static (string Rate, string Range, string Processor) AgainstReference(List<ThroughputRow> rounds, List<ThroughputRow>? reference)
    {
        if (reference is null)
        {
            return (string.Empty, string.Empty, string.Empty);
        }

        double[] rates = [.. rounds.Zip(reference, static (own, other) => own.MessagesPerSecond / other.MessagesPerSecond).Order()];
        double[] processor = [.. rounds.Zip(reference, static (own, other) => own.ProcessorMicroseconds / other.ProcessorMicroseconds)];
        return (
            Quantile.Median(rates).ToString("F2", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"({rates[0]:F2} .. {rates[^1]:F2})"),
            Quantile.Median(processor).ToString("F2", CultureInfo.InvariantCulture));
    }
}
