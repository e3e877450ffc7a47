using System.Text.Json;

namespace FastTrainLog.Generators.Tests.Behaviour;

public sealed class PropertyTests
{
    private static readonly Hyperparameters Config = new("digits", 0.001, Phase.Steady, new Schedule("cosine", 100), [64, 256, 10], null, "scratch");

    [Fact]
    public void The_properties_of_a_record_become_fields_and_dots_become_objects_in_json()
    {
        using var run = new LoggedRun();
        FieldMessages.Config(run.Logger, Config, 2.5, 7);

        JsonElement line = run.Single();
        Assert.Equal("digits at 2.5 for 100", line.GetProperty("message").GetString());
        Assert.Equal(
            """{"config":{"Name":"digits","Rate":0.001,"Phase":"Steady","Schedule":{"Kind":"cosine","warmup":{"steps":100}},"Layers":[64,256,"… 1 more"],"Note":null},"run":{"rate":2.5},"seed":7}""",
            line.GetProperty("properties").GetRawText());
    }

    [Fact]
    public void Below_null_every_property_is_null()
    {
        using var run = new LoggedRun();
        FieldMessages.Config(run.Logger, Config with { Schedule = null }, 1, 7);
        FieldMessages.Config(run.Logger, null, 1, 7);

        List<JsonElement> lines = run.Read();
        Assert.Equal("""{"Kind":null,"warmup":{"steps":null}}""", lines[0].GetProperty("properties").GetProperty("config").GetProperty("Schedule").GetRawText());
        Assert.Equal("(null) at 1.0 for (null)", lines[1].GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("properties").GetProperty("config").GetProperty("Rate").ValueKind);
    }

    [Fact]
    public void A_foreign_logger_receives_flat_fields_under_their_dotted_names()
    {
        var foreign = new CapturingLogger();
        FieldMessages.Config(foreign, Config, 2, 7);

        CapturedCall call = Assert.Single(foreign.Calls);
        Assert.Equal("digits at 2.0 for 100", call.Message);
        Assert.Equal(
            ["config.Name", "config.Rate", "config.Phase", "config.Schedule.Kind", "config.Schedule.warmup.steps", "config.Layers", "config.Note", "run.rate", "seed", "{OriginalFormat}"],
            call.State.Select(static pair => pair.Key));
        Assert.Equal(("digits", 0.001, Phase.Steady, 100), (call.State[0].Value, call.State[1].Value, call.State[2].Value, call.State[4].Value));
        Assert.Equal("{config.Name} at {run.rate:F1} for {config.Schedule.warmup.steps}", call.State[^1].Value);
    }
}
