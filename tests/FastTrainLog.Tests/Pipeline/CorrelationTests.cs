using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>What says of a record where it belongs: its run, its step, its activity, its scopes.</summary>
public sealed class CorrelationTests
{
    private const string Test = "test";

    private static readonly TrainingRunOptions Options = new() { Model = "model", RunId = "run-1", Rank = 2, WorldSize = 4 };

    [Fact]
    public void Records_between_a_runs_start_and_end_carry_run_rank_world_size_and_the_last_step()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            TestLog.Number(logger, 1);
            using (TrainingRun run = TrainingRun.Start(logging, Options))
            {
                TestLog.Number(logger, 2);
                run.LogStep(1, 17, 0.5, 0.1);
                TestLog.Number(logger, 3);
                run.LogSystemEvent("event", "after step 17");
                run.End(success: true);
            }

            TestLog.Number(logger, 4);
        });
        JsonElement[] own = Own(records);
        Assert.Equal([null, "run-1", "run-1", null], own.Select(record => Text(record, "run")));
        Assert.Equal([null, null, 17, null], own.Select(Step));
        Assert.Equal((2, 4), (own[1].GetProperty("rank").GetInt32(), own[1].GetProperty("world_size").GetInt32()));
        Assert.False(own[3].TryGetProperty("rank", out _));
        JsonElement[] ofRun = [.. records.Except(own)];
        Assert.All(ofRun, record => Assert.Equal("run-1", Text(record, "run")));
        Assert.Equal(17, Step(ofRun.Single(record => record.GetProperty("message").GetString() == "event - after step 17")));
    }

    [Fact]
    public void Runs_at_the_same_time_keep_their_records_apart_and_what_is_logged_outside_of_them_names_none()
    {
        JsonElement[] records = Log(logging =>
        {
            using TrainingRun first = TrainingRun.Start(logging, Options);
            using TrainingRun second = TrainingRun.Start(logging, Options with { RunId = "run-2" });
            first.LogStep(1, 1, 0.1, 0.1);
            second.LogStep(1, 200, 0.2, 0.1);
            TestLog.Number(logging.GetLogger(Test), 1);
            first.LogSystemEvent("of", "first");
            second.LogSystemEvent("of", "second");
            first.End(success: true);
            TestLog.Number(logging.GetLogger(Test), 2);
        });
        Assert.Equal(["run-1", "run-2"], Of(records, TrainingEvents.Step).Select(record => Text(record, "run")));
        Assert.Equal(
            ["run-1 1", "run-2 200"],
            records.Where(record => record.GetProperty("message").GetString()!.StartsWith("of - ", StringComparison.Ordinal)).Select(record => $"{Text(record, "run")} {Step(record)}"));
        Assert.Equal([null, "run-2"], Own(records).Select(record => Text(record, "run")));
    }

    [Fact]
    public void Runs_beyond_those_that_have_loggers_of_their_own_are_told_by_time()
    {
        string? id = null;
        JsonElement[] records = Log(logging =>
        {
            for (int i = 0; i < TrainLogging.MostRunsWithLoggers; i++)
            {
                logging.EndRun(logging.BeginRun($"{i}", 0, 1));
            }

            using TrainingRun run = TrainingRun.Start(logging, Options with { RunId = "late" });
            run.LogStep(1, 9, 0.5, 0.1);
            run.End(success: true);
            id = logging.GetLogger(LogCategories.TrainingProgress).Run?.Id;
        });
        Assert.Null(id);
        Assert.All(records, record => Assert.Equal("late", Text(record, "run")));
        Assert.Equal(9, Step(records[^1]));
    }

    [Fact]
    public void A_record_that_names_its_step_carries_that_one()
    {
        JsonElement[] records = Log(logging =>
        {
            using TrainingRun run = TrainingRun.Start(logging, Options);
            run.LogStep(1, 5, 0.5, 0.1);
            run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.Spike, IssueSeverity.Low, "loss") { Step = 3 });
            run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.Spike, IssueSeverity.Low, "loss"));
        });
        Assert.Equal([3, 5], Of(records, TrainingEvents.NumericalIssue).Select(Step));
    }

    [Fact]
    public void Records_carry_the_activity_that_is_current_at_the_call_also_over_many_pages_and_awaits()
    {
        using var outer = new Activity("outer");
        using var inner = new Activity("inner");
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            TestLog.Number(logger, 0);
            outer.Start();
            for (int i = 1; i <= 5000; i++)
            {
                TestLog.Number(logger, i);
            }

            inner.Start();
            TestLog.Number(logger, 5001);
            // A record larger than any page leaves room for what says where it belongs.
            TestLog.Text(logger, new string('x', 1_000_000));
            inner.Stop();
            TestLog.Number(logger, 5002);
            outer.Stop();
            TestLog.Number(logger, 5003);
            LogAcrossAwait(logger).GetAwaiter().GetResult();
        });
        JsonElement[] own = Own(records);
        Assert.Null(Text(own[0], "trace_id"));
        Assert.All(own[1..5001], record => AssertActivity(record, outer));
        AssertActivity(own[5001], inner);
        AssertActivity(own[5002], inner);
        Assert.EndsWith("characters truncated]", own[5002].GetProperty("properties").GetProperty("Text").GetString(), StringComparison.Ordinal);
        AssertActivity(own[5003], outer);
        Assert.Null(Text(own[5004], "span_id"));
        Assert.Equal(Text(own[5005], "span_id"), Text(own[5006], "span_id"));
        Assert.NotNull(Text(own[5006], "span_id"));

        static async Task LogAcrossAwait(TrainLogger logger)
        {
            using var activity = new Activity("async");
            activity.Start();
            TestLog.Number(logger, 1);
            await Task.Delay(1, TestContext.Current.CancellationToken).ConfigureAwait(false);
            TestLog.Number(logger, 2);
        }
    }

    [Fact]
    public void A_suppressed_flow_does_not_hide_a_change()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            using (ExecutionContext.SuppressFlow())
            {
                TestLog.Number(logger, 1);
                using Activity outer = new Activity("a").Start();
                TestLog.Number(logger, 2);
                using Activity inner = new Activity("b").Start();
                TestLog.Number(logger, 3);
            }
        });
        string?[] spans = [.. Own(records).Select(record => Text(record, "span_id"))];
        Assert.Null(spans[0]);
        Assert.Equal(3, spans.Distinct().Count());
    }

    [Fact]
    public void A_threads_first_record_has_its_activity_though_another_had_activities_watched_after_the_call_looked()
    {
        using var outer = new Activity("another's");
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            outer.Start();
            TestLog.Number(logger, 1);
            var thread = new Thread(() =>
            {
                using Activity own = new Activity("own").Start();
                // A call that found nothing to watch for, and was then overtaken, comes here next.
                TestLog.NumberAfterTheLook(logger, 2);
            });
            thread.Start();
            thread.Join();
        });
        Assert.Equal(2, Own(records).Select(record => Text(record, "span_id")).OfType<string>().Distinct().Count());
    }

    [Fact]
    public void No_record_has_an_activity_that_its_thread_has_left_while_another_thread_has_activities_watched()
    {
        using Activity older = new Activity("older than the log").Start();
        ExecutionContext within = ExecutionContext.Capture()!;
        Activity.Current = null;
        JsonElement[] records = Log(logging =>
        {
            TrainLogger first = logging.GetLogger(Test);
            TrainLogger second = logging.GetLogger("second");
            TestLog.Number(first, 1);
            // Another thread, whose activity is the log's first, has got as far as this logger.
            first.WatchFlow();
            ExecutionContext.Run(within, _ => TestLog.Number(first, 2), null);
            TestLog.Number(second, 3);
        });
        Assert.Equal([null, older.SpanId.ToHexString()], Own(records).Select(record => Text(record, "span_id")));
        Assert.Null(Text(records.Single(record => Text(record, "logger") == "second"), "span_id"));
    }

    [Fact]
    public void Scopes_stand_in_the_JSON_line_as_long_as_they_last()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            using (logger.BeginScope("fold {Fold} of {Folds}", 3, 5))
            {
                using (logger.BeginScope(new Dictionary<string, object?> { ["Fold"] = 4, ["Device"] = "cuda:0", ["Rate"] = double.NaN }))
                using (logger.BeginScope("plain"))
                {
                    TestLog.Number(logger, 1);
                }

                TestLog.Number(logger, 2);
            }

            TestLog.Number(logger, 3);
        });
        Assert.Equal(
            ["""{"Folds":5,"Fold":4,"Device":"cuda:0","Rate":"NaN","Scope":"plain"}""", """{"Fold":3,"Folds":5}""", null],
            Own(records).Select(record => record.TryGetProperty("scopes", out JsonElement scopes) ? scopes.GetRawText() : null));
    }

    [Fact]
    public void A_scope_whose_own_code_logs_elsewhere_leaves_each_record_where_it_belongs()
    {
        var own = new CollectingSink();
        var other = new CollectingSink();
        using (TrainLogging otherLog = TestLog.Create(other))
        using (TrainLogging log = TestLog.Create(own))
        {
            TrainLogger logger = log.GetLogger(Test);
            TrainLogger elsewhere = otherLog.GetLogger(Test);
            // The first scope is read as the thread's first record is made, the second at a call that finds room in its page, the third
            // at one that another thread's activity overtakes.
            Action<TrainLogger, long>[] calls = [TestLog.Number, TestLog.Number, TestLog.NumberAfterTheLook];
            for (int i = 1; i <= calls.Length; i++)
            {
                using (logger.BeginScope(new TalkingScope(() => TestLog.Number(elsewhere, 10 * i))))
                {
                    calls[i - 1](logger, i);
                }
            }
        }

        Assert.Equal([1, 2, 3], own.Items.Select(item => item.Number));
        Assert.Equal([10, 20, 30], other.Items.Select(item => item.Number));
        Assert.All(own.Items, item => Assert.Contains("\"scopes\":{\"Scope\":\"talks\"}", item.Json, StringComparison.Ordinal));
        Assert.All(other.Items, item => Assert.DoesNotContain("scopes", item.Json, StringComparison.Ordinal));
    }

    [Fact]
    public void A_scope_whose_own_code_logs_over_the_end_of_a_page_loses_nothing()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            TestLog.Number(logger, 0);
            using (logger.BeginScope(new TalkingScope(() => TestLog.Text(logger, new string('x', 30_000), 1))))
            {
                TestLog.Number(logger, 2);
            }
        });
        Assert.Equal(["number 0", "text", "number 2"], Own(records).Select(record => Text(record, "message")!.Split(" x")[0]));
        Assert.Equal("talks", Own(records)[2].GetProperty("scopes").GetProperty("Scope").GetString());
    }

    [Fact]
    public void A_scope_whose_own_code_logs_within_another_scope_is_read_to_its_end()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            using (logger.BeginScope(new TalkingScope(() =>
            {
                using (logger.BeginScope("inner"))
                {
                    TestLog.Number(logger, 1);
                }
            })))
            {
                TestLog.Number(logger, 2);
            }
        });
        Assert.Equal(["number 1", "number 2"], Own(records).Select(record => Text(record, "message")));
        Assert.Equal("talks", Own(records)[1].GetProperty("scopes").GetProperty("Scope").GetString());
    }

    [Fact]
    public void A_scope_that_cannot_be_read_says_so_in_the_record_and_reaches_no_log_call()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            using (logger.BeginScope(new TalkingScope(() => throw new InvalidOperationException("a scope's own trouble"))))
            {
                TestLog.Number(logger, 1);
                TestLog.Number(logger, 2);
            }
        });
        Assert.All(Own(records), record => Assert.Equal("System.InvalidOperationException: a scope's own trouble", record.GetProperty("scopes").GetProperty("Scope").GetString()));
        Assert.Equal(2, Own(records).Length);
    }

    [Fact]
    public void Scopes_larger_than_eight_kilobytes_keep_their_numbers_and_say_how_much_of_a_text_is_cut()
    {
        JsonElement[] records = Log(logging =>
        {
            TrainLogger logger = logging.GetLogger(Test);
            using (logger.BeginScope(new Dictionary<string, object?> { ["Text"] = new string('x', 5000), ["Number"] = 17 }))
            {
                TestLog.Number(logger, 1);
            }
        });
        JsonElement scopes = Own(records).Single().GetProperty("scopes");
        Assert.Equal(17, scopes.GetProperty("Number").GetInt32());
        Assert.Matches(@"^x{3000,}… \[\d+ characters truncated\]$", scopes.GetProperty("Text").GetString());
    }

    [Fact]
    public void A_hosts_scopes_reach_calls_through_ILogger_and_direct_ones()
    {
        var sink = new CollectingSink();
        using (ServiceProvider services = new ServiceCollection()
            .AddLogging(builder => builder
                .Configure(o => o.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId)
                .AddFastTrainLog(o =>
                {
                    (o.EnableFileLogging, o.EnableJsonLogging, o.EnableConsoleLogging) = (false, false, false);
                    o.AddSink(sink);
                }))
            .BuildServiceProvider())
        {
            ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(Test);
            TrainLogger direct = services.GetRequiredService<TrainLogging>().GetLogger(Test);
            using Activity activity = new Activity("request").Start();
            using (logger.BeginScope("user {User}", "ada"))
            {
                logger.LogInformation("through the host");
                TestLog.Number(direct, 1);
            }

            logger.LogInformation("outside");
        }

        JsonElement[] records = [.. sink.Items.Select(item => JsonDocument.Parse(item.Json).RootElement)];
        Assert.Equal(["ada", "ada", null], records.Select(record => record.TryGetProperty("scopes", out JsonElement scopes) ? scopes.GetProperty("User").GetString() : null));
        Assert.All(records, record => Assert.Equal(32, Text(record, "trace_id")!.Length));
    }

    [Fact]
    public void A_sink_finds_in_the_record_what_the_JSON_line_says()
    {
        var sink = new BelongingSink();
        using var activity = new Activity("a");
        using (TrainLogging logging = TestLog.Create(new CollectingSink(), o => o.AddSink(sink)))
        {
            TestLog.Number(logging.GetLogger(Test), 1);
            using TrainingRun run = TrainingRun.Start(logging, Options);
            run.LogStep(1, 17, 0.5, 0.1);
            activity.Start();
            using (logging.GetLogger(Test).BeginScope("fold {Fold}", 3))
            {
                TestLog.Number(logging.GetLogger(Test), 2);
            }

            run.End(success: true);
        }

        Assert.Equal([(null, null, null, null, default, default, null), ("run-1", 2, 4, 17, activity.TraceId, activity.SpanId, "{\"Fold\":3}")], sink.Seen);
    }

    [Fact]
    public void What_says_where_records_belong_is_neither_written_nor_dropped()
    {
        var sink = new CollectingSink();
        TrainLogging logging = TestLog.Create(sink);
        TrainLogger logger = logging.GetLogger(Test);
        for (int i = 0; i < 100; i++)
        {
            using Activity activity = new Activity("a").Start();
            TestLog.Number(logger, i);
        }

        logging.Dispose();
        Assert.Equal((100, 0), (logging.WrittenRecords, logging.DroppedRecords));
        Assert.Equal(100, sink.Items.Select(item => Text(JsonDocument.Parse(item.Json).RootElement, "span_id")).Distinct().Count());
    }

    private static JsonElement[] Log(Action<TrainLogging> log)
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            log(logging);
        }

        return [.. sink.Items.Select(item => JsonDocument.Parse(item.Json).RootElement)];
    }

    private static JsonElement[] Own(JsonElement[] records) => [.. records.Where(record => Text(record, "logger") == Test)];

    private static JsonElement[] Of(JsonElement[] records, int eventId) => [.. records.Where(record => record.GetProperty("event_id").GetInt32() == eventId)];

    private static string? Text(JsonElement record, string name) => record.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static long? Step(JsonElement record) => record.TryGetProperty("step", out JsonElement step) ? step.GetInt64() : null;

    private static void AssertActivity(JsonElement record, Activity activity)
    {
        Assert.Equal(activity.TraceId.ToHexString(), Text(record, "trace_id"));
        Assert.Equal(activity.SpanId.ToHexString(), Text(record, "span_id"));
    }

    private sealed class TalkingScope(Action talk)
    {
        public override string ToString()
        {
            talk();
            return "talks";
        }
    }

    private sealed class BelongingSink : ILogSink
    {
        public List<(string? Run, int? Rank, int? WorldSize, long? Step, ActivityTraceId Trace, ActivitySpanId Span, string? Scopes)> Seen { get; } = [];

        public void Write(in LogRecord record)
        {
            if (record.Category == Test)
            {
                Seen.Add((record.RunId, record.Rank, record.WorldSize, record.Step, record.TraceId, record.SpanId, Scopes(record)));
            }
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }

        private static string? Scopes(in LogRecord record)
        {
            if (record.Scopes.IsNull)
            {
                return null;
            }

            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                record.Scopes.WriteJson(writer);
            }

            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}
