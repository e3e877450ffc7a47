using System.Collections;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastTrainLog.Records;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Log calls that no generator wrote: the types of their values, names that are the same, and values that throw.</summary>
public sealed class PlainCallTests
{
    public static TheoryData<object?, string> Values => new()
    {
        { 1.50m, "1.50" },
        { 79228162514264337593543950335m, "79228162514264337593543950335" },
        { new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromMinutes(330)), "\"2026-03-04T05:06:07.0000000\\u002B05:30\"" },
        { new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc), "\"2026-03-04T05:06:07.0000000Z\"" },
        { new TimeSpan(1, 2, 3, 4, 5), "\"1.02:03:04.0050000\"" },
        { new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), "\"0f8fad5b-d9cb-469f-a165-70867728950e\"" },
        { (Half)0.1f, "0.1" },
        { Half.NaN, "\"NaN\"" },
        { 0.1f, "0.1" },
        { float.PositiveInfinity, "\"Infinity\"" },
        { 1e300, "1E+300" },
        { ulong.MaxValue, "18446744073709551615" },
        { long.MinValue, "-9223372036854775808" },
        { (nint)(-7), "-7" },
        { (nuint)7, "7" },
        { sbyte.MinValue, "-128" },
        { (byte)255, "255" },
        { (short)-3, "-3" },
        { (ushort)3, "3" },
        { 4000000000U, "4000000000" },
        { true, "true" },
        { 'ä', "\"ä\"" },
        { LogLevel.Warning, "\"Warning\"" },
        { null, "null" },
        { TensorSummary.Of<float>([1, 2, float.NaN]), """{"count":3,"nan":1,"min":1,"max":2,"mean":1.5}""" },
        { new ReadOnlyMemory<float>([1, 2]), """{"count":2,"nan":0,"min":1,"max":2,"mean":1.5}""" },
        { new[] { new Metric("loss", 0.5), new Metric("n", double.NaN) }, """{"loss":0.5,"n":"NaN"}""" },
        { new[] { 1.5, 2 }, "\"1.5, 2\"" },
        { "text", "\"text\"" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void A_value_keeps_its_type(object? value, string json)
    {
        JsonElement properties = Log(logger => logger.LogInformation("value {Value} after {After}", value, 7)).GetProperty("properties");
        string raw = properties.GetProperty("Value").GetRawText();
        Assert.Equal(Decoded(json), Decoded(raw));
        Assert.Equal(7, properties.GetProperty("After").GetInt32());

        static string Decoded(string text) => text.StartsWith('"') ? '"' + JsonDocument.Parse(text).RootElement.GetString() : text;
    }

    [Fact]
    public void Two_values_of_one_name_are_two_members()
    {
        AssertMembers(Log(logger => logger.LogInformation("{A} and {A}", 1, 2)).GetProperty("properties"), ("A", 1), ("A_2", 2));
        AssertMembers(Log(logger => logger.LogInformation("{A} {A_2} {A} {A}", 1, 2, 3, 4)).GetProperty("properties"), ("A", 1), ("A_2", 2), ("A_3", 3), ("A_4", 4));
        string[] many = [.. Enumerable.Range(0, 40).Select(i => $"{{N{i % 20}}}")];
        JsonElement properties = Log(logger => logger.LogInformation(string.Join(' ', many), [.. Enumerable.Range(0, 40).Cast<object?>()])).GetProperty("properties");
        AssertMembers(properties, [.. Enumerable.Range(0, 40).Select(i => (i < 20 ? $"N{i}" : $"N{i - 20}_2", i))]);
    }

    [Fact]
    public void Metrics_scopes_and_contexts_too_have_each_name_once()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        using (var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1 }))
        {
            run.LogStep(1, 1, 1.0, 1e-3, metrics: [new("loss", 1), new("loss", 2)]);
            run.LogSystemEvent("kind", "what", [new("a", 1), new("a", 2)]);
            TrainLogger logger = logging.GetLogger("test");
            using (logger.BeginScope("text"))
            using (logger.BeginScope(new Dictionary<string, object?> { ["Scope"] = 1 }))
            {
                logger.LogInformation("in scopes");
            }
        }

        Assert.All(sink.Items, item => AssertUnique(JsonDocument.Parse(item.Json).RootElement));
        Assert.Contains(sink.Items, item => item.Json.Contains("\"loss\":1,\"loss_2\":2", StringComparison.Ordinal));
        Assert.Contains(sink.Items, item => item.Json.Contains("\"a\":1,\"a_2\":2", StringComparison.Ordinal));
        Assert.Contains(sink.Items, item => item.Json.Contains("\"Scope\":1,\"Scope_2\":\"text\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_and_an_object_of_one_name_are_two_members()
    {
        var site = new CallSite(
            LogLevel.Information,
            77,
            "Nested",
            "x",
            new CallSiteArgument("a", ArgumentKind.Int32),
            new CallSiteArgument("a.b", ArgumentKind.Int32),
            new CallSiteArgument("a_2", ArgumentKind.Int32),
            new CallSiteArgument("a.b", ArgumentKind.Int32));
        JsonElement properties = Log(logger =>
        {
            RecordWriter record = ((TrainLogger)logger).Begin(site.HeaderBits, LogLevel.Information, 4 * sizeof(int));
            for (int i = 1; i <= 4; i++)
            {
                record.Write(i);
            }

            record.Commit(LogLevel.Information);
        }).GetProperty("properties");
        AssertUnique(properties);
        Assert.Equal("""{"a":1,"a_3":{"b":2,"b_2":4},"a_2":3}""", properties.GetRawText());
    }

    [Fact]
    public void Values_that_throw_leave_a_text_in_their_place_and_the_others_whole()
    {
        var self = new List<object?> { 1 };
        self.Add(self);
        object?[] bad = [new ThrowingText(), new ThrowingFormat(), new ThrowingItems(), new LyingFormat(1000), new LyingFormat(-5), self];
        foreach (object? value in bad)
        {
            JsonElement record = Log(logger => logger.LogInformation("before {Before} {Value} {After}", 1, value, 2.5));
            JsonElement properties = record.GetProperty("properties");
            Assert.Equal(1, properties.GetProperty("Before").GetInt32());
            Assert.Equal(2.5, properties.GetProperty("After").GetDouble());
            Assert.NotEmpty(properties.GetProperty("Value").GetString()!);
            if (value is not LyingFormat)
            {
                // The platform itself believes such a value.
                Assert.StartsWith("before 1 ", record.GetProperty("message").GetString(), StringComparison.Ordinal);
            }
        }

        Assert.Contains("ThrowingText could not be formatted: System.InvalidOperationException", Log(logger => logger.LogInformation("{V}", new ThrowingText())).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_lies_about_its_length_or_asks_for_ever_more_room_is_told_from_its_text()
    {
        Assert.Contains("LyingFormat could not be formatted: System.FormatException", Format(new LyingFormat(1000)), StringComparison.Ordinal);
        Assert.Contains("LyingFormat could not be formatted: System.FormatException", Format(new LyingFormat(-5)), StringComparison.Ordinal);
        Assert.Equal("at last", Format(new EndlessFormat()));

        static string Format<T>(T value)
        {
            var text = new TextArgument(stackalloc char[16]);
            text.Format(value, null);
            string written = text.Written.ToString();
            text.Dispose();
            return written;
        }
    }

    [Fact]
    public void A_call_with_too_few_values_or_a_bad_format_logs_what_there_is()
    {
#pragma warning disable CA2017, FTL0050 // The template has more holes than there are values, which is what is tested.
        JsonElement few = Log(logger => logger.LogInformation("{A} and {B}", 1));
#pragma warning restore CA2017, FTL0050
        Assert.Equal(1, few.GetProperty("properties").GetProperty("A").GetInt32());
        Assert.Contains("IndexOutOfRangeException", few.GetProperty("properties").GetProperty("B").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("1 and ", few.GetProperty("message").GetString(), StringComparison.Ordinal);
        JsonElement format = Log(logger => logger.LogInformation("a {A:Q9} b {B:F1}", 17, 2.25));
        Assert.Equal(17, format.GetProperty("properties").GetProperty("A").GetInt32());
        Assert.StartsWith("a 17 b 2.2", format.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_and_a_formatter_that_throw_reach_no_log_call()
    {
        JsonElement record = Log(logger => logger.Log<IEnumerable<KeyValuePair<string, object?>>>(LogLevel.Information, 5, Pairs(), null, static (_, _) => throw new InvalidOperationException("a formatter")));
        Assert.Equal(1, record.GetProperty("properties").GetProperty("A").GetInt32());
        Assert.Contains("could not be formatted: System.NotSupportedException", record.GetProperty("properties").GetProperty("Failure").GetString(), StringComparison.Ordinal);
        Assert.Contains("could not be formatted: System.InvalidOperationException", record.GetProperty("message").GetString(), StringComparison.Ordinal);

        static IEnumerable<KeyValuePair<string, object?>> Pairs()
        {
            yield return new("A", 1);
            throw new NotSupportedException("a state");
        }
    }

    [Fact]
    public void Exceptions_of_any_kind_can_be_logged_as_errors_of_a_run()
    {
        Exception deep = new InvalidOperationException("CUDA out of memory");
        for (int i = 0; i < 20_000; i++)
        {
            deep = i % 2 == 0 ? new AggregateException("wraps", deep) : new InvalidOperationException("wraps", deep);
        }

        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        using (var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1 }))
        {
            run.LogError(new ThrowingException(), "a", [new("bad", new ThrowingText()), new("good", 7)]);
            run.LogError(deep, "b");
            logging.GetLogger("test").LogError(deep, "plain");
            logging.GetLogger("test").LogError(new ThrowingException(), "plain");
            run.LogSystemEvent("kind", "what", [new("bad", new ThrowingText()), new("good", 8)]);
            run.LogModelOperation("op", "m", success: true, details: [new("bad", new ThrowingItems()), new("good", 9)]);
            using (run.BeginOperation("op", "m", [new("bad", new ThrowingText())]))
            {
            }

            run.LogCheckpoint(1, 1, 0.5, "a\0b");
            run.LogNumericalIssue(new NumericalIssue((NumericalIssueType)99, IssueSeverity.High, "layer"));
            OperationResult<int> result = run.RunSafely<int>("op", "m", () => throw new ThrowingException(), attempts: 2, retryPause: TimeSpan.FromDays(-40), details: [new("bad", new ThrowingText())]);
            Assert.False(result.Success);
            Assert.IsType<ThrowingException>(result.Error);
        }

        string all = string.Concat(sink.Items.Select(item => item.Json));
        Assert.Contains("\"good\":7", all, StringComparison.Ordinal);
        Assert.Contains("\"good\":8", all, StringComparison.Ordinal);
        Assert.Contains("\"good\":9", all, StringComparison.Ordinal);
        Assert.Contains("(its Message threw System.InvalidOperationException)", all, StringComparison.Ordinal);
        Assert.Contains("… further inner exceptions", all, StringComparison.Ordinal);
        Assert.Contains("99", Assert.Single(sink.Items, item => item.Json.Contains("\"event\":\"NumericalIssue\"", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_whose_text_is_null_leaves_the_values_beside_it_whole_wherever_it_stands()
    {
        var sink = new CollectingSink();
        KeyValuePair<string, object?>[] values = [new("before", 1), new("none", new NullText()), new("after", 2)];
        using (TrainLogging logging = TestLog.Create(sink))
        using (var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1, Config = new Dictionary<string, object?>(values) }))
        {
            TrainLogger logger = logging.GetLogger("test");
            run.LogSystemEvent("kind", "what", values);
            run.LogError(new InvalidOperationException("x"), "operation", values);
            logger.Log(LogLevel.Information, default, values, null, static (_, _) => "state");
            logger.LogInformation("{before} {none} {after}", 1, new NullText(), 2);
            using (logger.BeginScope(values))
            {
                logger.LogInformation("scope");
            }
        }

        Assert.Equal(6, sink.Items.Count(item => Regex.IsMatch(item.Json, "\"before\":1,\"none\":(null|\"\\(null\\)\"),\"after\":2")));
    }

    [Fact]
    public void Endless_sequences_and_those_that_throw_reach_no_call_that_takes_them_apart()
    {
        var sink = new CollectingSink();
        object[] bad = [Endless(1), Endless(new KeyValuePair<string, object?>("a", 1)), Endless(new Metric("m", 1)), Endless(Array.Empty<int>()), new ThrowingItems()];
        using (TrainLogging logging = TestLog.Create(sink))
        {
            TrainLogger logger = logging.GetLogger("test");
            foreach (object value in bad)
            {
                using var run = TrainingRun.Start(
                    logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1, Config = new Dictionary<string, object?> { ["good"] = 6, ["bad"] = value } });
                run.LogSystemEvent("kind", "what", [new("bad", value), new("good", 7)]);
                using (logger.BeginScope(value))
                {
                    logger.LogInformation("in a scope");
                }

                logger.Log(LogLevel.Information, default, value, null, static (_, _) => "state");
                run.End(success: true);
            }

            logger.Log(LogLevel.Information, default, Endless(new KeyValuePair<string, object?>("a", 1)), null, static (_, _) => "pairs");
        }

        Assert.Equal(bad.Length, sink.Items.Count(item => item.Json.Contains("\"good\":6", StringComparison.Ordinal)));
        Assert.Equal(bad.Length, sink.Items.Count(item => item.Json.Contains("\"good\":7", StringComparison.Ordinal)));
        Assert.Equal(bad.Length, sink.Items.Count(item => item.Message == "in a scope"));
        Assert.Equal(bad.Length, sink.Items.Count(item => item.Message == "state"));

        static IEnumerable<T> Endless<T>(T item)
        {
            while (true)
            {
                yield return item;
            }
        }
    }

    [Fact]
    public void However_many_exceptions_an_error_holds_it_is_logged_with_the_first_of_them()
    {
        Exception deep = new InvalidOperationException("CUDA out of memory");
        for (int i = 0; i < 20_000; i++)
        {
            deep = new AggregateException(deep);
        }

        var wide = new AggregateException(Enumerable.Range(0, 100_000).Select(i => new InvalidOperationException($"CUDA error {i}")));
        foreach (Exception error in (Exception[])[deep, wide])
        {
            var sink = new CollectingSink();
            using (TrainLogging logging = TestLog.Create(sink))
            using (var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1 }))
            {
                logging.GetLogger("test").LogError(error, "plain");
                Assert.NotEqual(ErrorCategory.Unknown, run.LogError(error, "operation").Category);
                Assert.False(run.RunSafely<int>("operation", "M", () => throw error).Success);
                Assert.Equal(RunOutcome.Failed, run.End(error).Outcome);
            }

            // Two of the operation, three of the end.
            Assert.Equal(7, sink.Items.Count(item => item.Json.Contains(error == wide ? "CUDA error 0" : "CUDA out of memory", StringComparison.Ordinal) && item.Json.Contains("AggregateException", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_run_ends_with_an_exception_whose_message_throws()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1 });
            Assert.Equal(RunOutcome.Failed, run.End(new ThrowingException()).Outcome);
        }

        Assert.Contains(sink.Items, item => item.Json.Contains("ThrowingException: (its Message threw System.InvalidOperationException)", StringComparison.Ordinal));
    }

    [Fact]
    public void A_precision_or_a_width_that_nobody_reads_is_not_followed()
    {
        Assert.Null(ArgumentFormat.Parse("D999999999").Text);
        Assert.Null(ArgumentFormat.Parse("F99999999999").Text);
        Assert.Null(ArgumentFormat.Parse("x1001").Text);
        Assert.Equal("D1000", ArgumentFormat.Parse("D1000").Text);
        var template = MessageTemplate.Parse("{A,1000000000}", [new CallSiteArgument("A", ArgumentKind.Int32)]);
        Assert.Equal(1000, Assert.Single(template.Parts).Alignment);
    }

    private static JsonElement Log(Action<ILogger> log)
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            log(logging.GetLogger("test"));
        }

        return JsonDocument.Parse(Assert.Single(sink.Items).Json).RootElement;
    }

    private static void AssertMembers(JsonElement properties, params (string Name, int Value)[] expected)
    {
        AssertUnique(properties);
        Assert.Equal(expected.OrderBy(member => member.Value), properties.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Number).Select(member => (member.Name, member.Value.GetInt32())).OrderBy(member => member.Item2));
    }

    private static void AssertUnique(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            string[] names = [.. element.EnumerateObject().Select(member => member.Name)];
            Assert.Equal(names.Distinct(), names);
            foreach (JsonProperty member in element.EnumerateObject())
            {
                AssertUnique(member.Value);
            }
        }
    }

    private sealed class ThrowingText
    {
        public override string ToString() => throw new InvalidOperationException("a text");
    }

    private sealed class NullText
    {
        public override string? ToString() => null;
    }

    private sealed class ThrowingFormat : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => throw new InvalidOperationException("a format");
    }

    private sealed class ThrowingItems : IEnumerable
    {
        public IEnumerator GetEnumerator()
        {
            yield return 1;
            throw new InvalidOperationException("an item");
        }
    }

    private sealed class LyingFormat(int says) : ISpanFormattable
    {
        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            charsWritten = says;
            return true;
        }

        public string ToString(string? format, IFormatProvider? formatProvider) => "honest";
    }

    private sealed class EndlessFormat : ISpanFormattable
    {
        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        {
            charsWritten = 0;
            return false;
        }

        public string ToString(string? format, IFormatProvider? formatProvider) => "at last";
    }

    private sealed class ThrowingException : Exception
    {
        public override string Message => throw new InvalidOperationException("a message");

        public override string? StackTrace => throw new InvalidOperationException("a trace");

        public override string ToString() => throw new InvalidOperationException("a text");
    }
}
