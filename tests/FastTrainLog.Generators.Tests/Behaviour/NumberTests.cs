using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

public sealed partial class NumberTests
{
    [Fact]
    public void Spans_are_summarised_and_marked_arrays_written_up_to_their_limit()
    {
        using var run = new LoggedRun();
        FieldMessages.Spans(run.Logger, [1f, float.NaN, -2.5f, 4f], [1, 2, 3, 4, 5]);

        JsonElement line = run.Single();
        Assert.Equal("weights 4 values, min -2.50, max 4.00, mean 0.83, 1 NaN; [1, 2, 3, … 2 more]", line.GetProperty("message").GetString());
        Assert.Equal(
            """{"Weights":{"count":4,"nan":1,"min":-2.5,"max":4,"mean":0.8333333333333334},"Indices":[1,2,3,"… 2 more"]}""",
            line.GetProperty("properties").GetRawText());
    }

    [Fact]
    public void A_foreign_logger_receives_the_summary_and_a_copy_of_the_numbers()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        int[] indices = [1, 2, 3, 4, 5];
        FieldMessages.Spans(foreign, [1f, float.NaN, -2.5f, 4f], indices);
        indices[0] = 99;
        FieldMessages.Spans(run.Logger, [1f, float.NaN, -2.5f, 4f], [1, 2, 3, 4, 5]);

        CapturedCall call = Assert.Single(foreign.Calls);
        Assert.Equal(run.Single().GetProperty("message").GetString(), call.Message);
        Assert.Equal(TensorSummary.Of<float>([1f, float.NaN, -2.5f, 4f]), call.State[0].Value);
        LoggedValues<int> values = Assert.IsType<LoggedValues<int>>(call.State[1].Value);
        Assert.Equal([1, 2, 3], values);
        Assert.Equal(5, values.Total);
    }

    [Fact]
    public void Memory_marked_arrays_summaries_and_spans_of_halves_are_logged_without_a_foreign_logger()
    {
        using var run = new LoggedRun();
        FieldMessages.Memory(run.Logger, new[] { 0.5, 1.5 }, [], TensorSummary.Of<byte>([7]), [(Half)0.5, Half.NaN]);

        JsonElement line = run.Single();
        Assert.Equal("2 values, min 0.5, max 1.5, mean 1 0 values", line.GetProperty("message").GetString());
        Assert.Equal(
            """{"memory":{"count":2,"nan":0,"min":0.5,"max":1.5,"mean":1},"array":{"count":0,"nan":0},"given":{"count":1,"nan":0,"min":7,"max":7,"mean":7},"halves":[0.5,"NaN"]}""",
            line.GetProperty("properties").GetRawText());
    }

    [Fact]
    public void Null_and_empty_arrays_are_written_as_nothing()
    {
        using var run = new LoggedRun();
        FieldMessages.Spans(run.Logger, [], null);
        Assert.Equal("""{"Weights":{"count":0,"nan":0},"Indices":[]}""", run.Single().GetProperty("properties").GetRawText());
        Assert.Equal("weights 0 values; []", run.Single().GetProperty("message").GetString());
    }

    [Fact]
    public void A_params_span_of_numbers_is_summarised_on_every_logger()
    {
        var foreign = new CapturingLogger();
        Losses(foreign, 1, 0.5f, 1.5f);
        using var run = new LoggedRun();
        Losses(run.Logger, 1, 0.5f, 1.5f);

        const string Message = "step 1: 2 values, min 0.5, max 1.5, mean 1.0";
        Assert.Equal(Message, Assert.Single(foreign.Calls).Message);
        Assert.Equal(Message, run.Single().GetProperty("message").GetString());
    }

    [TrainLog(1, LogLevel.Information, "step {Step}: {Losses:F1}")]
    private static partial void Losses(ILogger logger, int step, params ReadOnlySpan<float> losses);
}
