using System.Diagnostics;
using FastTrainLog.Testing;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging.Testing;

namespace FastTrainLog.Hosting.Tests;

/// <summary>The in-memory log of FastTrainLog.Testing, and Microsoft's fake logger beside it, as a user's tests have them.</summary>
public sealed partial class InMemoryLogTests
{
    [Fact]
    public void A_log_method_is_asserted_by_event_argument_and_level_on_both_kinds_of_loggers()
    {
        // #in-memory
        using var log = new InMemoryLog();
        log.GetLogger("Loader").Loaded(count: 5000);
        log.CreateLogger<InMemoryLogTests>().Skipped("a.png", new InvalidDataException("no image"));

        Assert.Equal(5000, log.Single("Loaded").Get<int>("Count"));
        InMemoryRecord skipped = log.Single("Skipped");
        Assert.Equal((LogLevel.Warning, "a.png"), (skipped.Level, skipped.Get<string>("File")));
        Assert.Equal("no image", skipped.ExceptionMessage);
        log.AssertNothingFrom(LogLevel.Error);
        // #
        Assert.Equal(("Loader", "5000 images loaded", "{Count} images loaded"), (log.Records[0].Category, log.Records[0].Message, log.Records[0].MessageTemplate));
        Assert.Equal(typeof(InMemoryLogTests).FullName, skipped.Category);
        Assert.Equal(typeof(InvalidDataException).FullName, skipped.ExceptionType);
    }

    [Fact]
    public void Microsofts_fake_logger_takes_log_methods_too()
    {
        // #fake
        var logger = new FakeLogger<InMemoryLogTests>();
        logger.Skipped("a.png", new InvalidDataException("no image"));

        FakeLogRecord record = logger.LatestRecord;
        Assert.Equal((LogLevel.Warning, "Skipped"), (record.Level, record.Id.Name));
        Assert.Equal("a.png", record.GetStructuredStateValue("File"));
        Assert.IsType<InvalidDataException>(record.Exception);
        // #
        Assert.Equal("a.png is left out", record.Message);
    }

    [Fact]
    public void A_run_is_asserted_by_the_events_of_training()
    {
        // #run
        using var log = new InMemoryLog();
        using TrainingRun run = TrainingRun.Start(log.Logging, new TrainingRunOptions { Model = "MyModel" });
        run.LogStep(epoch: 1, step: 7, loss: double.NaN, learningRate: 0.1, metrics: [("tokens", 4096)]);

        InMemoryRecord step = log.Single(TrainingEvents.Step);
        Assert.Equal((7, 4096.0), (step.Step, step.Get<double>("tokens")));
        Assert.Equal(NumericalIssueType.NaN, log.Single(TrainingEvents.NumericalIssue).Get<NumericalIssueType>("Type"));
        // #
        Assert.Equal((run.Id, 0), (step.RunId, step.Rank));
        Assert.Equal(TrainingEvents.Step, Assert.Throws<LogAssertionException>(() => log.Single(4711)).Message.Contains("Step", StringComparison.Ordinal) ? TrainingEvents.Step : 0);
    }

    [Fact]
    public void Arguments_have_their_types_and_other_ones_that_lose_nothing()
    {
        using var log = new InMemoryLog();
        log.GetLogger("any").Typed(5L, 0.1f, TimeSpan.FromSeconds(2), DayOfWeek.Friday, null, [1.5, 2.5]);
        InMemoryRecord record = log.Single("Typed");
        Assert.Equal((5L, 5, (byte)5, 5.0), (record.Get<long>("Number"), record.Get<int>("number"), record.Get<byte>("Number"), record.Get<double>("Number")));
        Assert.Equal((0.1f, (double)0.1f), (record.Get<float>("Ratio"), record.Get<double>("Ratio")));
        Assert.Equal((TimeSpan.FromSeconds(2), DayOfWeek.Friday), (record.Get<TimeSpan>("Took"), record.Get<DayOfWeek>("Day")));
        Assert.Null(record.Get<int?>("Missing"));
        Assert.Null(record.Get<string>("Missing"));
        Assert.True(record.TryGet("Number", out long? maybe) && maybe == 5);
        Assert.False(record.TryGet("Number", out string? _));
        Assert.False(record.TryGet("Nothing", out long _));
        Assert.Contains("is no Int32: it is null", Assert.Throws<LogAssertionException>(() => record.Get<int>("Missing")).Message, StringComparison.Ordinal);
        Assert.Contains("is no Int32: it is the Single", Assert.Throws<LogAssertionException>(() => record.Get<int>("Ratio")).Message, StringComparison.Ordinal);
        Assert.Contains("has no argument 'Count'; it has Number, Ratio", Assert.Throws<LogAssertionException>(() => record.Get<int>("Count")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_as_expected_is_told_with_what_was_logged()
    {
        using var log = new InMemoryLog();
        Assert.Contains("nothing", Assert.Throws<LogAssertionException>(() => log.Single("Loaded")).Message, StringComparison.Ordinal);
        log.GetLogger("Loader").Loaded(1);
        log.GetLogger("Loader").Loaded(2);
        string twice = Assert.Throws<LogAssertionException>(() => log.Single("Loaded")).Message;
        Assert.StartsWith("2 records are of event 'Loaded', and one was expected", twice, StringComparison.Ordinal);
        Assert.Contains("Information Loader Loaded (1): 2 images loaded", twice, StringComparison.Ordinal);
        Assert.Contains("Information Loader Loaded (1): 1 images loaded", Assert.Throws<LogAssertionException>(() => log.Single("Other")).Message, StringComparison.Ordinal);
        Assert.Throws<LogAssertionException>(() => log.AssertNothingFrom(LogLevel.Information));
        log.AssertNothingFrom(LogLevel.Warning);
        log.Clear();
        Assert.Empty(log.Records);
    }

    [Fact]
    public async Task A_record_is_there_when_the_call_has_returned_whichever_thread_made_it()
    {
        const int Threads = 8;
        const int Calls = 500;
        using var log = new InMemoryLog();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (int call = 0; call < Calls; call++)
                {
                    log.GetLogger($"thread {thread}").Loaded(call);
                    if (call % 100 == 0)
                    {
                        Assert.Equal(call, log.Records.Last(record => record.Category == $"thread {thread}").Get<int>("Count"));
                    }
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.All(
            log.Of("Loaded").GroupBy(record => record.Category),
            thread => Assert.Equal(Enumerable.Range(0, Calls), thread.Select(record => record.Get<int>("Count"))));
        Assert.Equal(Threads * Calls, log.Records.Count);
    }

    [Fact]
    public void Levels_scopes_and_redaction_are_those_of_a_log()
    {
        using var log = new InMemoryLog(options => options.CategoryLevels["quiet"] = LogLevel.Error);
        log.GetLogger("quiet").Loaded(1);
        ILogger<InMemoryLogTests> logger = log.CreateLogger<InMemoryLogTests>();
        using (Activity activity = new Activity("outer").Start())
        using (logger.BeginScope("fold {Fold}", 3))
        {
            logger.LogTrace("plain {Value}", 2.5);
            InMemoryRecord record = Assert.Single(log.Records);
            Assert.Equal((LogLevel.Trace, 2.5, activity.TraceId), (record.Level, record.Get<double>("Value"), record.TraceId));
            Assert.Equal(3, Assert.Single(record.Scopes, scope => scope.Key == "Fold").Value);
        }

        log.GetLogger("open").SignedIn("s3cret");
        Assert.DoesNotContain("s3cret", log.Single("SignedIn").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_tested_logs_to_it_in_the_place_of_its_own_log()
    {
        using var directory = new HostDirectory();
        using var log = new InMemoryLog();
        HostApplicationBuilder builder = directory.CreateBuilder();
        builder.Services.AddSingleton(new HostExamples.Paths(directory.Path)).AddHostedService<HostExamples.Trainer>();
        builder.Logging.ClearProviders().AddFastTrainLog();
        // #host
        builder.Logging.AddFastTrainLog(log);
        // #
        using (IHost host = builder.Build())
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single().ExecuteTask!;
            await host.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(5000, log.Single("Loaded").Get<int>("Count"));
        Assert.Equal(100, log.Of(TrainingEvents.Step).Count);
        Assert.Single(log.Records, record => record.Message.StartsWith("Application started", StringComparison.Ordinal));
        Assert.False(Directory.Exists(directory.Logs));
    }
}
