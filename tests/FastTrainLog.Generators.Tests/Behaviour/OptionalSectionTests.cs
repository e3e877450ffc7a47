using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>Optional sections of a message read the same on every logger.</summary>
public sealed class OptionalSectionTests
{
    [Theory]
    [InlineData(0.5, 10L, "a", "Step 1, accuracy   0.5000 of 10 in a {[?]} [?open note")]
    [InlineData(null, 10L, "a", "Step 1 of 10 in a {[?]} [?open note")]
    [InlineData(0.5, null, "a", "Step 1, accuracy   0.5000 {[?]} [?open note")]
    [InlineData(0.5, 10L, null, "Step 1, accuracy   0.5000 {[?]} [?open note")]
    [InlineData(null, null, null, "Step 1 {[?]} [?open note")]
    public void A_section_whose_argument_is_null_is_left_out(double? accuracy, long? total, string? run, string message) =>
        AssertMessage(message, logger => SectionMessages.InOrder(logger, 1, accuracy, total, run, "note"));

    [Theory]
    [InlineData(new[] { 0.123456789, 12, double.NaN }, new[] { 64, 10 }, "m0: 0.123457, m1: 12, m2: NaN: step 1 of 3, sizes [64, 10]")]
    [InlineData(new double[] { }, new[] { 64, 10 }, "step 1 of 3, sizes [64, 10]")]
    [InlineData(new double[] { }, null, "step 1 of 3")]
    public void A_section_of_no_metrics_is_left_out_and_one_that_always_has_a_value_is_not(double[] metrics, int[]? sizes, string message) =>
        AssertMessage(message, logger => SectionMessages.InAnyOrder(logger, 1, 3, [.. metrics.Select(static (m, i) => new Metric($"m{i}", m))], sizes));

    [Fact]
    public void The_template_and_the_values_reach_other_loggers_as_they_are()
    {
        var foreign = new CapturingLogger();
        SectionMessages.InOrder(foreign, 1, null, 10, null, "note");

        Assert.Equal(
            [
                new("Step", 1),
                new("Accuracy", null),
                new("Total", 10L),
                new("Run", null),
                new("Note", "note"),
                new("{OriginalFormat}", "Step {Step}[?, accuracy {Accuracy,8:F4}][? of {Total} in {Run}] {{[?]}} [?open {Note}"),
            ],
            Assert.Single(foreign.Calls).State);
    }

    private static void AssertMessage(string message, Action<ILogger> log)
    {
        var foreign = new CapturingLogger();
        using var run = new LoggedRun();
        log(foreign);
        log(run.Logger);

        Assert.Equal(message, run.Single().GetProperty("message").GetString());
        Assert.Equal(message, Assert.Single(foreign.Calls).Message);
    }
}
