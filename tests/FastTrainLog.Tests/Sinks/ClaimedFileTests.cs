using System.Diagnostics;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

/// <summary>A file belongs to one sink, and what is no file to none.</summary>
public sealed partial class ClaimedFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void Two_logs_whose_own_sinks_have_one_path_overwrite_nothing(long maxSize)
    {
        string path = Path.Combine(_directory.Path, "own.log");
        using (TrainLogging first = Create(path, maxSize))
        using (TrainLogging second = Create(path, maxSize))
        {
            for (int i = 0; i < 500; i++)
            {
                Number(first.GetLogger("a"), "first", i);
                Number(second.GetLogger("b"), "second", i);
            }
        }

        Assert.Equal(Enumerable.Range(0, 500), NumbersIn("own.log", "first"));
        Assert.Equal(Enumerable.Range(0, 500), NumbersIn("own.2.log", "second"));
        Assert.Empty(NumbersIn("own.log", "second"));
    }

    [Theory]
    [InlineData("main.log")]
    [InlineData("run.jsonl")]
    [InlineData("errors.log")]
    public void A_fifo_in_the_place_of_a_file_is_named_and_the_next_start_has_the_names_again(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no FIFOs.");
        string path = Path.Combine(_directory.Path, name);
        using (var mkfifo = Process.Start("mkfifo", [path]))
        {
            mkfifo.WaitForExit();
            Assert.Equal(0, mkfifo.ExitCode);
        }

        string message = Assert.Throws<IOException>(CreateOwn).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("FIFO", message, StringComparison.Ordinal);

        File.Delete(path);
        using (TrainLogging logging = CreateOwn())
        {
            Number(logging.GetLogger(LogCategories.Main), "after", 1);
        }

        Assert.Equal([1], NumbersIn("main.log", "after"));
        Assert.False(File.Exists(Path.Combine(_directory.Path, "main.2.log")));
    }

    private TrainLogging CreateOwn() => TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_directory.Path, false));

    private TrainLogging Create(string path, long maxSize) => TrainLogging.Create(o =>
    {
        (o.LogDirectory, o.EnableConsoleLogging, o.EnableFileLogging, o.EnableJsonLogging) = (_directory.Path, false, false, false);
        o.AddSink(new RollingFileSink(path, json: false, maxSize, backups: 1000));
    });

    private int[] NumbersIn(string name, string who) =>
    [
        .. Directory.GetFiles(_directory.Path, name + "*")
            .OrderByDescending(static file => int.TryParse(Path.GetExtension(file).AsSpan(1), out int number) ? number : 0)
            .SelectMany(File.ReadLines)
            .Where(line => line.Contains($"{who} ", StringComparison.Ordinal))
            .Select(static line => int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), null)),
    ];

    [TrainLog(1, LogLevel.Information, "{Who} {Number}")]
    private static partial void Number(TrainLogger logger, string who, int number);
}
