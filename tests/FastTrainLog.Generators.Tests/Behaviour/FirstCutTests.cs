using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

public sealed class FirstCutTests
{
    [Fact]
    public void A_call_on_the_librarys_logger_becomes_a_record_with_typed_properties()
    {
        using var run = new LoggedRun();
        FirstCut.Direct(run.Logger, 42, 0.25);

        JsonElement line = run.Single();
        Assert.Equal("Step 42 loss 0.2500", line.GetProperty("message").GetString());
        Assert.Equal(1, line.GetProperty("event_id").GetInt32());
        Assert.Equal("Direct", line.GetProperty("event").GetString());
        Assert.Equal("""{"Step":42,"Loss":0.25}""", line.GetProperty("properties").GetRawText());
    }

    [Fact]
    public void The_same_method_logs_to_the_librarys_logger_and_to_any_other()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        ILogger own = run.Logger;
        own.Any(7, null, 1.5);
        foreign.Any(7, null, 1.5);

        Assert.Equal("Step 7 of (null) loss     1.5000 {ok}", run.Single().GetProperty("message").GetString());
        Assert.Equal("""{"Step":7,"run":null,"Loss":1.5}""", run.Single().GetProperty("properties").GetRawText());
        CapturedCall call = Assert.Single(foreign.Calls);
        Assert.Equal("Step 7 of (null) loss     1.5000 {ok}", call.Message);
        Assert.Equal((LogLevel.Warning, new EventId(2), "AnyStep"), (call.Level, call.EventId, call.EventId.Name));
        Assert.Equal([new("Step", 7L), new("run", null), new("Loss", 1.5), new("{OriginalFormat}", "Step {Step} of {run} loss {Loss,10:F4} {{ok}}")], call.State);
    }

    [Fact]
    public void Every_kind_of_argument_is_decoded_to_what_was_logged()
    {
        using var run = new LoggedRun();
        var at = new DateTime(2026, 11, 21, 1, 2, 3, DateTimeKind.Utc);
        var id = Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff");
        FirstCut.Kinds(
            run.Logger, Phase.Negative, Parts.Weights | Parts.Optimizer, at, TimeSpan.FromSeconds(90), id, (Half)0.5, null, true, new DateTimeOffset(at), 12.5m, -5, 'ü');

        JsonElement line = run.Single();
        Assert.Equal("Negative All 2026-11-21 00:01:30 6f9619ff-8b86-d011-b42d-00cf4fc964ff 0.5 (null) True", line.GetProperty("message").GetString());
        Assert.Equal(
            """{"Phase":"Negative","Parts":"All","At":"2026-11-21T01:02:03.0000000Z","Took":"00:01:30","Id":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","Ratio":0.5,"Epoch":null,"Maybe":true,"stamp":"2026-11-21T01:02:03.0000000+00:00","money":12.5,"size":-5,"letter":"ü"}""",
            line.GetProperty("properties").GetRawText());
    }

    [Fact]
    public void Enums_of_every_width_and_values_are_the_same_to_every_logger()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(new TrainLoggerProvider(run.Logging)));
        var id = Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff");
        foreach (ILogger logger in new[] { run.Logger, factory.CreateLogger(LogCategories.Main), foreign })
        {
            FirstCut.Enums(logger, SignedByte.Least, Short.Least, UnsignedShort.Most, Unsigned.Most, Long.Least, UnsignedLong.Most);
            FirstCut.Enums(logger, (SignedByte)(-1), (Short)(-2), (UnsignedShort)40_000, (Unsigned)3_000_000_000, (Long)(-5), (UnsignedLong)(ulong.MaxValue - 1));
            FirstCut.Values(logger, TimeSpan.FromMilliseconds(-1500), id, (Half)0.125, -0.10m, 'ü', @is: true);
        }

        List<JsonElement> lines = run.Read();
        Assert.Equal(6, lines.Count);
        string[] messages =
        [
            "Least Least Most    Most Least 18446744073709551615",
            "-1 -2 40000 3000000000 -5 18446744073709551614",
            "-00:00:01.5000000 6f9619ff8b86d011b42d00cf4fc964ff 0.12 -0.10 ü True",
        ];
        string[] properties =
        [
            """{"A":"Least","B":"Least","C":"Most","D":"Most","E":"Least","F":"Most"}""",
            """{"A":"-1","B":"-2","C":"40000","D":"3000000000","E":"-5","F":"18446744073709551614"}""",
            """{"Took":"-00:00:01.5000000","Id":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","Ratio":0.125,"Money":-0.10,"Letter":"ü","Is":true}""",
        ];
        Assert.Equal(messages.Concat(messages), lines.Select(line => line.GetProperty("message").GetString()));
        Assert.Equal(properties.Concat(properties), lines.Select(line => line.GetProperty("properties").GetRawText()));
        Assert.Equal(messages, foreign.Calls.Select(call => call.Message));
        Assert.Equal([SignedByte.Least, Short.Least, UnsignedShort.Most, Unsigned.Most, Long.Least, UnsignedLong.Most], foreign.Calls[0].State.Take(6).Select(pair => pair.Value));
    }

    [Fact]
    public void Types_without_a_binary_form_are_formatted_at_the_call_and_the_level_comes_from_a_parameter()
    {
        using var run = new LoggedRun();
        FirstCut.Texts(run.Logger, LogLevel.Critical, new Point(1, 2.5), ["a", "b"], null, new InvalidOperationException("boo"));

        JsonElement line = run.Single();
        Assert.Equal("At <1.0, 2.5> of [a, b] with (null)", line.GetProperty("message").GetString(), ignoreCase: false);
        Assert.Equal("CRITICAL", line.GetProperty("level").GetString()!.ToUpperInvariant());
        Assert.Equal("""{"Point":"<1.0, 2.5>","Names":"[a, b]","Other":null}""", line.GetProperty("properties").GetRawText());
        Assert.Equal("boo", line.GetProperty("exception").GetProperty("message").GetString());
    }

    [Fact]
    public void Metrics_and_spans_of_characters_reach_both_loggers()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        FirstCut.Metrics(run.Logger, ("accuracy", 0.5), ("loss", double.NaN));
        FirstCut.Metrics(foreign, ("accuracy", 0.5));
        FirstCut.Collisions(run.Logger, "abc".AsSpan(1), 2, 3, "t");
        FirstCut.Collisions(foreign, "abc".AsSpan(1), 2, 3, "t");

        List<JsonElement> lines = run.Read();
        Assert.Equal("""{"metrics":{"accuracy":0.5,"loss":"NaN"}}""", lines[0].GetProperty("properties").GetRawText());
        Assert.Equal("Text bc 2 3", lines[1].GetProperty("message").GetString());
        Assert.Equal([new Metric("accuracy", 0.5)], Assert.IsType<Metric[]>(foreign.Calls[0].State[0].Value));
        Assert.Equal("Text bc 2 3", foreign.Calls[1].Message);
    }
}
