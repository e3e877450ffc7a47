using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Benchmarks.Reading;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Shipping;

/// <summary>How fast a log is shipped to a sink on loopback, in how much memory, and what shipping in the training process costs a step.</summary>
internal static class ShipBenchmark
{
    private static readonly string[] Kinds = ["loki", "otlp", "dir", "tensorboard"];

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 3);
        (long log, long backlog, int stepRounds) = options.Quick ? (100_000_000L, 300_000_000L, 6) : (1_000_000_000L, 10_000_000_000L, 40);
        Console.WriteLine(MachineReport.Describe());
        var rows = new List<ShipRow>();
        using var sink = new LoopbackSink();
        foreach (string kind in Kinds)
        {
            Measure(kind, log, sink, options.Rounds, isBacklog: false, rows);
        }

        Measure("loki", backlog, sink, rounds: 1, isBacklog: true, rows);
        double[] ratios = ChildRun.Start<double[]>("ship-steps", sink.Address, stepRounds.ToString(CultureInfo.InvariantCulture));
        Add(rows, "a step with shipping in the process, in relation to one without", Quantile.Median(ratios), "");
        options.Save(rows);
        return 0;
    }

    private static void Measure(string kind, long bytes, LoopbackSink sink, int rounds, bool isBacklog, List<ShipRow> rows)
    {
        var measured = new List<ShipChild>();
        string root = Directory.CreateTempSubdirectory("ftl-ship-").FullName;
        try
        {
            string directory = Directory.CreateDirectory(Path.Combine(root, "log")).FullName;
            long records = SyntheticLog.Write(directory, bytes);
            for (int round = 0; round < rounds; round++)
            {
                string copy = Path.Combine(root, "copy");
                ShipChild child = ChildRun.StartAsTool<ShipChild>("ship", directory, kind, kind is "dir" or "tensorboard" ? copy : sink.Address);
                if (child.Records != records)
                {
                    throw new InvalidDataException($"{child.Records} of {records} records were shipped to {kind}.");
                }

                measured.Add(child);
                // From the beginning again.
                Array.ForEach(Directory.GetFiles(directory, ".fasttrainlog.ship.*"), File.Delete);
                if (Directory.Exists(copy))
                {
                    Directory.Delete(copy, recursive: true);
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        string what = string.Create(CultureInfo.InvariantCulture, $"{kind}, {bytes / 1_000_000} MB of lines");
        if (!isBacklog)
        {
            Add(rows, what, Quantile.Median(measured.Select(static child => child.Records / child.Seconds)), "records/s");
            Add(rows, what, Quantile.Median(measured.Select(static child => child.Records / child.ProcessorSeconds)), "records per second of processor time");
        }

        Add(rows, what, Quantile.Median(measured.Select(static child => child.PeakMb)), "MB at most");
    }

    private static void Add(List<ShipRow> rows, string what, double value, string unit)
    {
        rows.Add(new ShipRow(what, value, unit));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {value:G6} {unit}"));
    }
}
