using System.Globalization;
using System.IO.Compression;
using System.Text;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Columns;
using FastTrainLog.Training;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace FastTrainLog.Benchmarks.Storage;

/// <summary>What a step with ten values takes on the disk, by the kind of its values, the way its message is told, and the compression, and the processor time of writing and reading it.</summary>
internal static class CompressionBenchmark
{
    private const int Usage = 2;

    // Of a rotated file by default.
    private const int FileBytes = 10 * 1024 * 1024;
    private const int QuickFileBytes = 1024 * 1024;
    private const int PieceBytes = 256 * 1024;
    private const int DictionaryBytes = 112 * 1024;

    private static readonly Codec[] Codecs =
    [
        Gzip("gzip fastest", CompressionLevel.Fastest), Gzip("gzip optimal", CompressionLevel.Optimal), Gzip("gzip smallest", CompressionLevel.SmallestSize),
        Brotli(1), Brotli(4), Brotli(6), Brotli(9), Brotli(11),
        Zstd(1), Zstd(3), Zstd(9), Zstd(19),
        Zstd(19, isLong: true),
        Zstd(3, hasDictionary: true), Zstd(19, hasDictionary: true),
        new Codec("columns", IsSlow: false, (target, _) => new ColumnFileWriter(target)),
    ];

    /// <summary>The kinds of values: what a loss is in practice, a 32-bit number; what was rounded before it was logged; and a 64-bit number with all of its digits, which nothing can compress.</summary>
    private enum Values
    {
        Singles,
        FourDigits,
        FullDoubles,
    }

    public static int Run(ReadOnlySpan<string> arguments)
    {
        bool isQuick = false;
        string? outFile = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--quick")
            {
                isQuick = true;
            }
            else if (arguments[i] == "--out" && i + 1 < arguments.Length)
            {
                outFile = arguments[++i];
            }
            else
            {
                Console.Error.WriteLine("compression takes --quick and --out FILE; the log is written to the directory for temporary files.");
                return Usage;
            }
        }

        var table = new StringBuilder();
        Print(table, MachineReport.Describe());
        Print(table, string.Empty);
        Print(table, "| values | message | compression | bytes a step | processor time a step |");
        Print(table, "|---|---|---|--:|--:|");
        foreach (Values values in Enum.GetValues<Values>())
        {
            foreach (JsonMessageForm form in Enum.GetValues<JsonMessageForm>())
            {
                (byte[] lines, int steps) = Write(values, form, isQuick ? QuickFileBytes : FileBytes);
                byte[] dictionary = DictBuilder.TrainFromBuffer(Samples(lines), DictionaryBytes);
                PrintRow(table, values, form, "none", (double)lines.Length / steps, time: null);
                foreach (Codec codec in Codecs)
                {
                    (long bytes, TimeSpan time) = Compress(codec, dictionary, lines, rounds: isQuick || codec.IsSlow ? 1 : 5);
                    PrintRow(table, values, form, codec.Name, (double)bytes / steps, time / steps);
                }
            }
        }

        if (outFile is not null)
        {
            File.WriteAllText(outFile, table.ToString());
        }

        return 0;
    }

    private static Codec Gzip(string name, CompressionLevel level) => new(name, IsSlow: false, (target, _) => new GZipStream(target, level, leaveOpen: true));

    private static Codec Brotli(int quality) => new(
        $"brotli {quality}", quality > 9, (target, _) => WithQuality(target, quality));

    private static Codec Zstd(int level, bool isLong = false, bool hasDictionary = false) => new(
        $"zstd {level}{(isLong ? ", long, window 128 MiB" : string.Empty)}{(hasDictionary ? ", dictionary" : string.Empty)}",
        level > 9,
        (target, dictionary) =>
        {
            var stream = new CompressionStream(target, level, leaveOpen: true);
            if (isLong)
            {
                stream.SetParameter(ZSTD_cParameter.ZSTD_c_enableLongDistanceMatching, 1);
                stream.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 27);
            }

            if (hasDictionary)
            {
                stream.LoadDictionary(dictionary);
            }

            return stream;
        });

    // The dictionary is of other lines of the same run, as that of the file before would be.
    private static IEnumerable<byte[]> Samples(byte[] lines)
    {
        for (int at = 0; at + 4096 <= Math.Min(lines.Length, 1 << 20); at += 4096)
        {
            yield return lines[at..(at + 4096)];
        }
    }

    private static void PrintRow(StringBuilder table, Values values, JsonMessageForm form, string compression, double bytes, TimeSpan? time) => Print(table, string.Create(
        CultureInfo.InvariantCulture,
        $"| {values switch { Values.Singles => "32-bit", Values.FourDigits => "four digits", _ => "64-bit" }} | {form.ToString().ToLowerInvariant()} | {compression} | {bytes:F1} | {(time is { } t ? $"{t.TotalNanoseconds:F0} ns" : string.Empty)} |"));

    private static void Print(StringBuilder table, string line)
    {
        Console.WriteLine(line);
        table.Append(line).Append('\n');
    }

    private static (byte[] Lines, int Steps) Write(Values values, JsonMessageForm form, int leastBytes)
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
                        double loss = (2.0 / (1 + (steps * 1e-4))) + (0.05 * Normal(random));
                        run.LogStep(
                            1 + (steps / 5000),
                            steps,
                            Of(values, loss),
                            1e-3 * Math.Cos(steps * 1e-7),
                            accuracy: Of(values, 1 - (0.3 * loss) + (0.01 * Normal(random))),
                            metrics: [("perplexity", Of(values, Math.Exp(loss))), ("gradient_norm", Of(values, Math.Exp(0.3 * Normal(random)))), ("tokens", 32L * 512 * steps), ("loss_scale", 65536)]);
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

    private static double Of(Values values, double value) => values switch { Values.Singles => (float)value, Values.FourDigits => Math.Round(value, 4), _ => value };

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static (long Bytes, TimeSpan Time) Compress(Codec codec, byte[] dictionary, byte[] lines, int rounds)
    {
        long bytes = 0;
        TimeSpan best = TimeSpan.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            using var target = new MemoryStream(lines.Length);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            using (Stream stream = codec.Over(target, dictionary))
            {
                // As the log does it, in pieces.
                for (int at = 0; at < lines.Length; at += PieceBytes)
                {
                    stream.Write(lines, at, Math.Min(PieceBytes, lines.Length - at));
                }
            }

            TimeSpan time = Environment.CpuUsage.TotalTime - before;
            (bytes, best) = (target.Length, time < best ? time : best);
        }

        return (bytes, best);
    }

    /// <summary>A compression.</summary>
    /// <param name="Name">Its name and level.</param>
    /// <param name="IsSlow">Whether one round of it takes long enough to be exact.</param>
    /// <param name="Over">Makes the stream over a target, which stays open, with a dictionary for those that use one.</param>
    private sealed record Codec(string Name, bool IsSlow, Func<Stream, byte[], Stream> Over);

    private static BrotliStream WithQuality(Stream target, int quality) =>
#if NET9_0_OR_GREATER
        new(target, new BrotliCompressionOptions { Quality = quality }, leaveOpen: true);
#else
        throw new NotSupportedException($"Quality {quality} of Brotli can be chosen from .NET 9 on: measure compression there.");
#endif
}
