using System.Diagnostics;
using System.IO.Compression;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class BackupCompressionTests : IDisposable
{
    private const int Records = 1000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Rotated_files_are_compressed_in_the_background_and_hold_every_line_once()
    {
        using (TrainLogging logging = Create())
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
                if (i % 10 == 0)
                {
                    // Rotations and compressions take turns.
                    Assert.True(logging.Flush());
                }
            }

            Assert.True(logging.Flush());
            Assert.True(Eventually.Is(() => !Rotated().Any(file => !file.EndsWith(".gz", StringComparison.Ordinal)), TimeSpan.FromSeconds(60)));
        }

        string[] rotated = Rotated();
        Assert.InRange(rotated.Length, 10, 1000);
        IEnumerable<string> lines = rotated.OrderByDescending(NumberOf).SelectMany(Decompressed).Concat(File.ReadLines(_directory["main.log"]));
        Assert.Equal(Enumerable.Range(0, Records).Select(i => $"number {i}"), lines.Select(line => line[(line.LastIndexOf(" - ", StringComparison.Ordinal) + 3)..]));
        Assert.Equal(rotated.OrderByDescending(NumberOf), rotated.OrderBy(File.GetLastWriteTimeUtc).ThenByDescending(NumberOf));
        Assert.Empty(Directory.GetFiles(_directory.Path, "*.tmp"));
    }

    [Fact]
    public void A_compression_under_way_does_not_hold_up_the_end_of_the_log()
    {
        // Holes, which take no room but a while to compress.
        using (FileStream huge = File.Create(_directory["main.log.1"]))
        {
            huge.SetLength(1L << 36);
        }

        TrainLogging logging = Create();
        Assert.True(Eventually.Is(() => File.Exists(_directory["main.log.gz.tmp"]), TimeSpan.FromSeconds(60)));
        long start = Stopwatch.GetTimestamp();
        logging.Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.False(File.Exists(_directory["main.log.gz.tmp"]));
        Assert.True(File.Exists(_directory["main.log.1"]));
    }

    [Fact]
    public void A_compression_that_fails_is_reported_and_keeps_the_plain_file()
    {
        File.WriteAllText(_directory["main.log.1"], "earlier\n");
        Directory.CreateDirectory(_directory["main.log.1.gz"]);
        using (TrainLogging logging = Create())
        {
            Assert.True(Eventually.Is(() => logging.Flush() && File.ReadAllText(_directory["errors.log"]).Contains("could not be compressed", StringComparison.Ordinal), TimeSpan.FromSeconds(60)));
        }

        Assert.Equal("earlier\n", File.ReadAllText(_directory["main.log.1"]));
    }

    private TrainLogging Create() => TrainLogging.Create(o =>
    {
        (o.LogDirectory, o.EnableConsoleLogging, o.EnableJsonLogging) = (_directory.Path, false, false);
        (o.CompressBackups, o.MaxFileSize, o.BackupCount) = (true, 2000, 1000);
    });

    private string[] Rotated() => Array.FindAll(Directory.GetFiles(_directory.Path), file => Path.GetFileName(file).StartsWith("main.log.", StringComparison.Ordinal));

    private static int NumberOf(string file) => int.Parse(Path.GetFileName(file).Split('.')[2], null);

    private static IEnumerable<string> Decompressed(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
