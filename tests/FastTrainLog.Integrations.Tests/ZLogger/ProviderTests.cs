using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Xunit;
using ZLogger;
using ZLogger.Providers;

namespace FastTrainLog.Integrations.Tests.ZLogger;

/// <summary>The providers that ZLogger brings, behind FastTrainLog's pipeline.</summary>
public sealed class ProviderTests : IDisposable
{
    private const int Steps = 3000;

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-zlogger-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Rolling_files_hold_every_record_once_and_in_order()
    {
        Log(zlogger => zlogger.AddZLoggerRollingFile(options =>
        {
            options.FilePathSelector = (_, number) => Path.Combine(_directory, $"train-{number:000}.log");
            options.RollingInterval = RollingInterval.Day;
            options.RollingSizeKB = 8;
        }));

        string[] files = [.. Directory.EnumerateFiles(_directory).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 1, "nothing was rolled");
        Assert.Equal(Enumerable.Range(0, Steps).Select(Text), files.SelectMany(File.ReadAllLines));
    }

    [Fact]
    public void The_example_of_the_documentation_writes_JSON_lines()
    {
        using (TrainLogging logging = StepLog.Create(options => ZLoggerExample.Add(options, _directory)))
        {
            StepLog.Step(logging.GetLogger("training_progress"), 1, "conv1", 0.5f, null);
        }

        string file = Assert.Single(Directory.GetFiles(_directory));
        Assert.Matches("train-[0-9]{8}-000[.]jsonl$", file);
        Assert.Equal(0.5, JsonElement.Parse(Assert.Single(File.ReadAllLines(file))).GetProperty("Loss").GetDouble());
    }

    [Fact]
    public void JSON_file_has_one_valid_line_a_record_with_the_same_time_as_the_text_beside_it()
    {
        string json = Path.Combine(_directory, "train.jsonl");
        string text = Path.Combine(_directory, "train.log");
        Log(zlogger => zlogger
            .AddZLoggerFile(json, options => options.UseJsonFormatter(formatter => formatter.UseUtcTimestamp = true))
            .AddZLoggerFile(text, options => options.UsePlainTextFormatter(formatter =>
                formatter.SetPrefixFormatter($"{0}|", static (in MessageTemplate template, in LogInfo info) => template.Format(info.Timestamp.Utc.UtcTicks)))));

        JsonElement[] lines = [.. File.ReadLines(json).Select(static line => JsonElement.Parse(line))];
        Assert.Equal(Enumerable.Range(0, Steps), lines.Select(static line => line.GetProperty("Step").GetInt32()));
        Assert.Equal(
            lines.Select(static line => $"{line.GetProperty("Timestamp").GetDateTimeOffset().UtcTicks}|{line.GetProperty("Message").GetString()}"),
            File.ReadLines(text));
    }

    [Fact]
    public void In_memory_processor_shows_each_record_as_it_comes()
    {
        var seen = new List<string>();
        Log(zlogger => zlogger.AddZLoggerInMemory(processor => processor.MessageReceived += seen.Add));

        Assert.Equal(Enumerable.Range(0, Steps).Select(Text), seen);
    }

    [Fact]
    public void A_batching_processor_that_reads_entries_later_sees_what_was_logged()
    {
        var batches = new ConcurrentQueue<string[]>();
        Log(zlogger => zlogger.AddZLoggerLogProcessor(options => new BatchProcessor(options, batches)));

        Assert.Equal(Enumerable.Range(0, Steps).Select(static step => $"{Text(step)} ({step})"), batches.SelectMany(static batch => batch));
    }

    [Fact]
    public void A_queue_of_ZLoggers_with_a_bound_that_blocks_loses_nothing()
    {
        string file = Path.Combine(_directory, "train.log");
        Log(zlogger => zlogger.AddZLoggerFile(file, options =>
        {
            options.FullMode = BackgroundBufferFullMode.Block;
            options.BackgroundBufferCapacity = 4;
        }));

        Assert.Equal(Enumerable.Range(0, Steps).Select(Text), File.ReadLines(file));
    }

    [Fact]
    public void A_processor_that_throws_costs_its_own_records_and_no_one_elses()
    {
        var seen = new List<string>();
        using (TrainLogging logging = StepLog.Create(options => options
            .AddZLogger(zlogger => zlogger.AddZLoggerLogProcessor(new ThrowingProcessor()))
            .AddSink(new ObservingSink((in LogRecord record) => seen.Add(Encoding.UTF8.GetString(record.Message))))))
        {
            StepLog.Step(logging.GetLogger("training_progress"), 1, "conv1", 0, null);
            Assert.True(logging.Flush(TimeSpan.FromMinutes(1)));
        }

        Assert.Contains("step 1 of conv1: loss 0.000", seen);
        Assert.Contains(seen, static message => message.StartsWith("Sink ZLogger failed; 1 records of it are lost", StringComparison.Ordinal));
    }

    private static void Log(Action<ILoggingBuilder> configure)
    {
        using TrainLogging logging = StepLog.Create(options => options.AddZLogger(configure));
        TrainLogger logger = logging.GetLogger("training_progress");
        for (int step = 0; step < Steps; step++)
        {
            StepLog.Step(logger, step, "conv1", step / 4f, null);
        }
    }

    private static string Text(int step) => FormattableString.Invariant($"step {step} of conv1: loss {step / 4f:F3}");

    private sealed class BatchProcessor(ZLoggerOptions options, ConcurrentQueue<string[]> batches) : BatchingAsyncLogProcessor(100, options)
    {
        protected override ValueTask ProcessAsync(IReadOnlyList<INonReturnableZLoggerEntry> list)
        {
            batches.Enqueue([.. list.Select(static entry => $"{entry} ({entry.GetParameterValue<int>(0)})")]);
            return default;
        }

        protected override ValueTask DisposeAsyncCore() => default;
    }

    private sealed class ThrowingProcessor : IAsyncLogProcessor
    {
        public void Post(IZLoggerEntry log) => throw new IOException("no room");

        public ValueTask DisposeAsync() => default;
    }
}
