using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Docs;

public sealed class SinkExampleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_sink_of_the_document_writes_what_it_says()
    {
        using (TrainLogging logging = SinkExamples.AddOwn(_directory.Path))
        {
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "tiny" });
            run.LogStep(1, 1, 2.5, 0.001);
            run.LogStep(1, 2, 1.25, 0.001);
            run.End(success: true);
        }

        Assert.Equal(["1,2.5", "2,1.25"], File.ReadLines(_directory["loss.csv"]));
    }

    [Fact]
    public void Other_logging_systems_get_what_is_forwarded_to_them()
    {
        var provider = new ListingProvider();
        using (TrainLogging logging = Create(log => SinkExamples.Forward(log, provider)))
        {
            ILogger logger = logging.GetLogger("Loader");
            logger.LogInformation("not this");
            logger.LogWarning(new EventId(7, "Slow"), new InvalidOperationException("disk"), "took {Seconds} s for {File}", 2.5, "a.bin");
        }

        ListingProvider.Entry entry = Assert.Single(provider.Entries);
        Assert.Equal(("Loader", LogLevel.Warning, new EventId(7, "Slow"), "took 2.5 s for a.bin"), (entry.Category, entry.Level, entry.Event, entry.Message));
        Assert.Equal([new("Seconds", 2.5), new("File", "a.bin"), new("{OriginalFormat}", "took {Seconds} s for {File}")], entry.State);
        Assert.StartsWith("System.InvalidOperationException: disk", entry.Exception?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_ones_own_takes_what_its_filter_takes()
    {
        using (TrainLogging logging = Create(log => SinkExamples.AddFile(log, _directory["bad.jsonl"])))
        {
            ILogger logger = logging.GetLogger("test");
            logger.LogInformation("loss {Loss}", 1.5);
            logger.LogInformation("loss {Loss}", double.NaN);
        }

        Assert.Contains("loss NaN", Assert.Single(File.ReadLines(_directory["bad.jsonl"])), StringComparison.Ordinal);
    }

    private static TrainLogging Create(Action<TrainLogOptions> configure) => TestLog.Create(new CollectingSink(), configure);

    private sealed class ListingProvider : ILoggerProvider, ILogger
    {
        private string _category = string.Empty;

        public List<Entry> Entries { get; } = [];

        public ILogger CreateLogger(string categoryName)
        {
            _category = categoryName;
            return this;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add(new Entry(_category, logLevel, eventId, formatter(state, exception), [.. (IEnumerable<KeyValuePair<string, object?>>)state!], exception));

        public void Dispose()
        {
        }

        public sealed record Entry(string Category, LogLevel Level, EventId Event, string Message, KeyValuePair<string, object?>[] State, Exception? Exception);
    }
}
