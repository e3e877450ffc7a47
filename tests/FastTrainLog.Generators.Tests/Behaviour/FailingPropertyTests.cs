using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A log call throws for nothing that it logs: in the place of a property that does stands a text, and all else arrives.</summary>
public sealed class FailingPropertyTests
{
    private const string Failed = "could not be formatted: System.InvalidOperationException";

    private const string Types = """
        public sealed class Bad
        {
            public int Seed => 7;
            public int Broken => throw new InvalidOperationException("secret");
            public string? Text => "x";
            public Inner Inner { get; } = new();
            public Inner Gone => throw new InvalidOperationException("secret");
            public DayOfWeek Day => DayOfWeek.Friday;
            public long? Count => null;
        }
        public sealed class Inner { public double Rate => 0.5; public string Name => throw new InvalidOperationException("secret"); }
        public struct Value { public long A => 1; public long B => throw new InvalidOperationException(); }
        public class Base { public virtual int Name => throw new InvalidOperationException(); public int Own => 1; }
        public sealed class Derived : Base { public override int Name => base.Name + 1; }
        public interface IShape { int Area { get; } }
        public sealed class Shape : IShape { int IShape.Area => throw new InvalidOperationException(); }
        public sealed class Memories { public ReadOnlyMemory<float> Weights => throw new InvalidOperationException(); public float[] Shape => [1, 2, 3]; public int Last => 3; }
        public sealed record Login([property: SecretData] string User, int Attempts) { [SecretData] public string Key => throw new InvalidOperationException("hunter2"); }
        public sealed class Lists { public List<int> Items => throw new InvalidOperationException(); public IEnumerable<int> Lazy { get { yield return 1; throw new InvalidOperationException(); } } public int Last => 3; }
        public sealed class Text { public override string ToString() => throw new InvalidOperationException(); }
        """;

    [Fact]
    public void The_other_fields_arrive_and_a_text_names_what_was_thrown()
    {
        CompiledLog log = CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "run {x.Seed:D3} of {x.Broken} {step} {x.Inner.Rate,6:F2}|")] static partial void M(ILogger logger, [LogFields] Bad x, int step);""",
            "M(logger, new Bad(), 3);",
            Types);
        log.Says(
            $"run 007 of (x.Broken {Failed}) 3   0.50|",
            ("x.Seed", "7"),
            ("x.Broken", $"(x.Broken {Failed})"),
            ("x.Text", "x"),
            ("x.Inner.Rate", "0.5"),
            ("x.Inner.Name", $"(x.Inner.Name {Failed})"),
            ("x.Gone.Rate", $"(x.Gone.Rate {Failed})"),
            ("x.Gone.Name", $"(x.Gone.Name {Failed})"),
            ("x.Day", "Friday"),
            ("x.Count", string.Empty),
            ("step", "3"));
    }

    [Theory]
    [InlineData("[LogFields] Value x", "default", "x.A=1", "x.B=!")]
    [InlineData("[LogFields] in Value x", "default(Value)", "x.A=1", "x.B=!")]
    [InlineData("[LogFields] Value? x", "default(Value)", "x.A=1", "x.B=!")]
    [InlineData("[LogFields] Value? x", "null", "x.A=", "x.B=")]
    [InlineData("[LogFields] Base x", "new Derived()", "x.Name=!", "x.Own=1")]
    [InlineData("[LogFields] Base? x", "new Base()", "x.Name=!", "x.Own=1")]
    [InlineData("[LogFields] Base? x", "null", "x.Name=", "x.Own=")]
    [InlineData("[LogFields] IShape x, int last", "new Shape(), 2", "x.Area=!", "last=2")]
    [InlineData("[LogFields(OmitReferenceName = true)] IShape x, [LogName(\"y\")] int last", "new Shape(), 2", "Area=!", "y=2")]
    [InlineData("[LogFields] Memories x", "new Memories()", "x.Weights=!", "x.Shape=1, 2, 3", "x.Last=3")]
    [InlineData("[LogFields] Lists x", "new Lists()", "x.Items=!", "x.Lazy=!", "x.Last=3")]
    [InlineData("[Microsoft.Extensions.Logging.LogProperties] IShape x", "new Shape()", "x.Area=!")]
    [InlineData("[LogFields] Login x", "new Login(\"hunter2\", 3)", "x.User=[erased]", "x.Attempts=3", "x.Key=?")]
    [InlineData("[SecretData, LogFields] Base x, [SecretData] string key", "new Derived(), \"hunter2\"", "x.Name=?", "x.Own=[erased]", "key=[erased]")]
    [InlineData("ReadOnlySpan<char> text, [LogFields] IShape x, [LogValues(2)] ReadOnlySpan<int> values", "\"abc\", new Shape(), [1, 2, 3]", "text=abc", "x.Area=!", "values=1, 2, … 1 more")]
    public void A_call_of_any_form_survives(string parameters, string values, params string[] fields)
    {
        CompiledLog log = CompiledLog.Of($$"""[TrainLog(1, LogLevel.Warning, "m")] static partial void M(ILogger logger, {{parameters}});""", $"M(logger, {values});", Types);
        foreach (JsonElement line in new[] { Assert.Single(log.Own), Assert.Single(log.Hosted) })
        {
            Assert.Equal(("WARNING", "m"), (line.GetProperty("level").GetString(), line.GetProperty("message").GetString()));
            Assert.Equal(fields.Select(static f => f.Split('=')[0]), CompiledLog.Leaves(line.GetProperty("properties"), string.Empty).Select(static f => f.Name));
        }

        Assert.Equal([.. fields.Select(static f => f.Split('=')[0]), "{OriginalFormat}"], Assert.Single(log.Foreign).State.Select(static p => p.Key));
        string all = string.Join('\n', log.Own.Concat(log.Hosted).Select(static l => l.GetRawText()).Concat(log.Foreign[0].State.Select(static p => FormattableString.Invariant($"{p.Value}"))));
        Assert.DoesNotContain("hunter2", all, StringComparison.Ordinal);
        foreach (string field in fields)
        {
            string expected = field.Split('=')[1];
            string value = FormattableString.Invariant($"{CompiledLog.Leaves(log.Own[0].GetProperty("properties"), string.Empty).First(f => f.Name == field.Split('=')[0]).Value}");
            if (expected == "!")
            {
                Assert.EndsWith(Failed + ")", value, StringComparison.Ordinal);
            }
            else if (expected == "?")
            {
                // The value is erased without a look at it, or was not to be had.
                Assert.True(value == "[erased]" || value.EndsWith(Failed + ")", StringComparison.Ordinal), value);
            }
            else
            {
                Assert.Equal(expected, value.Trim('[', ']').Replace("\",\"", ", ").Replace(",\"", ", ").Replace("\"", "").Replace(",", ", ").Replace(",  ", ", ") is var plain && expected == "[erased]" ? $"[{plain}]" : plain);
            }
        }
    }

    [Theory]
    [InlineData("[TrainLog(1, LogLevel.Error, \"m\")] static partial void M(TrainLogger logger, [LogFields] Base x, Exception e);", "M((TrainLogger)logger, new Base(), new FormatException(\"why\"));")]
    [InlineData("[TrainLog(\"m\", EventId = 1)] static partial void M(TrainLogger logger, LogLevel level, [LogFields] Base x, Exception? e);", "M((TrainLogger)logger, LogLevel.Error, new Base(), new FormatException(\"why\"));")]
    [InlineData("[TrainLog(1, LogLevel.Error, \"m\", FirstN = 5)] static partial void M(TrainLogger logger, [LogFields] Base x, Exception e);", "M((TrainLogger)logger, new Base(), new FormatException(\"why\"));")]
    public void Level_event_and_exception_stay(string method, string call)
    {
        JsonElement line = Assert.Single(CompiledLog.RunOwn(method, call, Types));
        Assert.Equal(("ERROR", "M", 1), (line.GetProperty("level").GetString(), line.GetProperty("event").GetString(), line.GetProperty("event_id").GetInt32()));
        Assert.Equal("why", line.GetProperty("exception").GetProperty("message").GetString());
        Assert.EndsWith(Failed + ")", line.GetProperty("properties").GetProperty("x").GetProperty("Name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_a_value_that_throws_reaches_no_caller_on_other_loggers() => CompiledLog.Of(
        """[TrainLog(1, LogLevel.Information, "{a}: {b,4}{{}}")] static partial void M(ILogger logger, Text a, int b);""", "M(logger, new Text(), 2);", Types)
        .SaysMessage($"(Users.Text {Failed}):    2{{}}");

    [Fact]
    public void Different_failures_of_one_method_are_each_told()
    {
        const string Types = "public sealed class Flaky(int bad) { public int A => bad == 0 ? throw new InvalidOperationException() : 1; public string B => bad == 1 ? throw new FormatException() : \"b\"; public double? C => bad == 2 ? throw new InvalidOperationException() : null; }";
        CompiledLog log = CompiledLog.Of(
            """[TrainLog(1, LogLevel.Information, "{x.A} {x.B}")] static partial void M(ILogger logger, [LogFields] Flaky x);""",
            "for (int i = 0; i < 8; i++) M(logger, new Flaky(i % 4));",
            Types);
        string[] expected = [$"(x.A {Failed}) b", "1 (x.B could not be formatted: System.FormatException)", "1 b", "1 b"];
        Assert.All(new[] { log.Own, log.Hosted }, lines => Assert.Equal([.. expected, .. expected], lines.Select(static l => l.GetProperty("message").GetString())));
        Assert.Equal([.. expected, .. expected], log.Foreign.Select(static c => c.Message));
    }
}
