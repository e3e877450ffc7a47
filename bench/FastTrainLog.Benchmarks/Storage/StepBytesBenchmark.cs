using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Training;
using ZstdSharp;

namespace FastTrainLog.Benchmarks.Storage;

/// <summary>What a step with ten values takes on the disk, by the way its message is told and by compression, and the processor time of it.</summary>
internal static class StepBytesBenchmark
{
    private const int Usage = 2;

    // Of a rotated file by default.
    private const int FileBytes = 10 * 1024 * 1024;
    private const int QuickFileBytes = 1024 * 1024;

    private static readonly (string Name, Func<Stream, Stream> Over)[] Compressions =
    [
        ("gzip fastest", target => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)),
        ("gzip optimal", target => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)),
        ("gzip smallest", target => new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true)),
        ("brotli 1", target => Brotli(target, 1)),
        ("brotli 4", target => Brotli(target, 4)),
        ("brotli 6", target => Brotli(target, 6)),
        ("brotli 9", target => Brotli(target, 9)),
        ("zstd 1", target => new CompressionStream(target, 1)),
        ("zstd 3", target => new CompressionStream(target, 3)),
        ("zstd 9", target => new CompressionStream(target, 9)),
        ("zstd 19", target => new CompressionStream(target, 19)),
    ];

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments is not ([] or ["--quick"]))
        {
            Console.Error.WriteLine("step-bytes takes --quick; the log is written to the directory for temporary files.");
            return Usage;
        }

        bool isQuick = !arguments.IsEmpty;
        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine("| message | compression | bytes a step | processor time a step |");
        Console.WriteLine("|---|---|--:|--:|");
        foreach (JsonMessageForm form in Enum.GetValues<JsonMessageForm>())
        {
            (byte[] lines, int steps) = Write(form, isQuick ? QuickFileBytes : FileBytes);
            Print(form, "none", (double)lines.Length / steps, time: null);
            foreach ((string name, Func<Stream, Stream> over) in Compressions)
            {
                (long bytes, TimeSpan time) = Compress(lines, over, rounds: isQuick ? 1 : 5);
                Print(form, name, (double)bytes / steps, time / steps);
            }
        }

        return 0;
    }

    private static BrotliStream Brotli(Stream target, int quality) => new(target, new BrotliCompressionOptions { Quality = quality }, leaveOpen: true);

    private static void Print(JsonMessageForm form, string compression, double bytes, TimeSpan? time) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {form.ToString().ToLowerInvariant()} | {compression} | {bytes:F1} | {(time is { } t ? $"{t.TotalNanoseconds:F0} ns" : string.Empty)} |"));

    private static (byte[] Lines, int Steps) Write(JsonMessageForm form, int leastBytes)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-bytes-").FullName;
        try
        {
            string file = Path.Combine(directory, "run.jsonl");
            int steps = 0;
            using (TrainLogging logging = TrainLogging.Create(options =>
            {
                (options.LogDirectory, options.EnableConsoleLogging, options.EnableFileLogging, options.ResourceInterval) = (directory, false, false, TimeSpan.Zero);
                (options.MaxFileSize, options.SnapshotInterval, options.JsonMessage) = (0, TimeSpan.Zero, form);
            }))
            using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Transformer", TotalSteps = 10_000_000, BatchSize = 32 }))
            {
                var random = new Random(1);
                while (!File.Exists(file) || new FileInfo(file).Length < leastBytes)
                {
                    for (int i = 0; i < 1000; i++)
                    {
                        steps++;
                        double loss = (2.0 / (1 + (steps * 1e-4))) + (0.05 * random.NextDouble());
                        run.LogStep(
                            1 + (steps / 5000),
                            steps,
                            loss,
                            1e-3 * Math.Cos(steps * 1e-7),
                            accuracy: 1 - (0.3 * loss) + (0.01 * random.NextDouble()),
                            metrics: [("perplexity", Math.Exp(loss)), ("gradient_norm", 1 + random.NextDouble()), ("tokens", 32L * 512 * steps), ("loss_scale", 65536)]);
                    }

                    logging.Flush(TimeSpan.FromMinutes(1));
                }
            }

            return (File.ReadAllBytes(file), steps);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static (long Bytes, TimeSpan Time) Compress(byte[] lines, Func<Stream, Stream> over, int rounds)
    {
        long bytes = 0;
        TimeSpan best = TimeSpan.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            using var target = new MemoryStream(lines.Length);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            using (Stream stream = over(target))
            {
                // As the log does it, in pieces.
                for (int at = 0; at < lines.Length; at += 256 * 1024)
                {
                    stream.Write(lines, at, Math.Min(256 * 1024, lines.Length - at));
                }
            }

            TimeSpan time = Environment.CpuUsage.TotalTime - before;
            (bytes, best) = (target.ToArray().Length, time < best ? time : best);
        }

        return (bytes, best);
    }
}
