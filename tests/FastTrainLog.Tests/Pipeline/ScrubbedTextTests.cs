using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>With <see cref="TrainLogOptions.ScrubText"/> no sink, file or snapshot sees what is masked, whatever way it came into the log.</summary>
public sealed partial class ScrubbedTextTests : IDisposable
{
    private const string Secret = "hf_0123456789abcdefghijABCDEFGHIJ";
    private const string Number = "P-1234";

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-scrubbed-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Nothing_that_is_masked_is_in_a_file_or_reaches_a_sink()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.ScrubText, o.ScrubPattern) = (_directory, false, true, @"P-\d{4}");
            o.AddSink(sink);
        }))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", TotalSteps = 1, BatchSize = 1, RunId = "r", Config = new Dictionary<string, object?> { ["hub"] = Secret, ["patient"] = Number } });
            Said(logger, Secret, null, 1);
            Said(logger, null, Number, 2);
            Failed(logger, new InvalidOperationException($"no access with {Secret}", new IOException(Number)));
            logger.LogWarning("plain {Text} of {Patient}", Secret, Number);
            logger.LogWarning(new IOException(Secret), "plain");
            using (logger.BeginScope(new Dictionary<string, object?> { ["scope"] = Secret }))
            using (logger.BeginScope($"scope of {Number}"))
            {
                Said(logger, "in a scope", null, 3);
                Said(logger, $"in a scope, of {Number}", null, 4);
            }

            Assert.True(logging.Flush(TimeSpan.FromMinutes(5)));
            run.End(success: true);
        }

        string[] files = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.All([Secret, Number], text => Assert.DoesNotContain(text, File.ReadAllText(file))));
        Assert.All(sink.Items, item => Assert.All([Secret, Number], text => Assert.DoesNotContain(text, item.Json + item.Message)));
        string[] lines = File.ReadAllLines(Path.Combine(_directory, "run.jsonl"));
        string mask = new('*', Secret.Length);
        Assert.Contains(lines, line => line.Contains($"said {mask}", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("\"scope of ******\"", StringComparison.Ordinal) && line.Contains("said in a scope and", StringComparison.Ordinal) && line.Contains($"\"scope\":\"{mask}\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("in a scope, of ******", StringComparison.Ordinal) && line.Contains($"\"scope\":\"{mask}\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains($"no access with {mask}", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains($"plain {mask} of ******", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_options_texts_are_written_as_they_are()
    {
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_directory, false)))
        {
            Said(logging.GetLogger(LogCategories.Main), Secret, null, 1);
        }

        Assert.Contains(Secret, File.ReadAllText(Path.Combine(_directory, "main.log")));
    }

    [TrainLog(1, LogLevel.Information, "said {Text} and {Other} {Number}")]
    private static partial void Said(TrainLogger logger, string? text, string? other, int number);

    [TrainLog(2, LogLevel.Error, "failed")]
    private static partial void Failed(TrainLogger logger, Exception exception);
}
