using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>What a clipper remembers is saved with a checkpoint and loaded by the run that goes on from it.</summary>
public sealed class SavedStateTests
{
    private const int Steps = 120;

    public static TheoryData<string, int> Resumes
    {
        get
        {
            var resumes = new TheoryData<string, int>();
            foreach (string limit in new[] { "None", "L2Norm", "InfinityNorm", "Value", "AutoClip", "short AutoClip", "ZClip", "AdaGC" })
            {
                foreach (int at in new[] { 0, 1, 9, 60 })
                {
                    resumes.Add(limit, at);
                }
            }

            return resumes;
        }
    }

    [Theory]
    [MemberData(nameof(Resumes))]
    public void A_resumed_run_is_clipped_as_if_it_had_never_stopped(string limit, int at)
    {
        using var whole = new GradientClipper(new() { Limit = LimitOf(limit) });
        GradientStatistics[] expected = Run(whole, 1, Steps);
        using var first = new GradientClipper(new() { Limit = LimitOf(limit) });
        Run(first, 1, at);
        using var second = new GradientClipper(new() { Limit = LimitOf(limit) });
        second.LoadState(first.SaveState());

        Assert.Equal(expected[at..], Run(second, at + 1, Steps));
        Assert.Equal(whole.SaveState(), second.SaveState());
        Assert.Equal((whole.Steps, whole.ClippedSteps, whole.NonFiniteSteps), (second.Steps, second.ClippedSteps, second.NonFiniteSteps));
    }

    [Fact]
    public void The_state_is_the_JSON_that_the_documentation_describes()
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.AutoClip(50.0, 2) });
        clipper.Clip("w", new[] { 3.0 }, 1);
        clipper.Clip("w", new[] { 5.0 }, 2);
        clipper.Clip("w", new[] { 1.0 }, 3);

        Assert.Equal(
            """{"format":"fasttrainlog-gradient-clipper","version":2,"steps":3,"clipped_steps":1,"non_finite_steps":0,"stability":""" +
            """{"steps":3,"finite_steps":3,"mean_norm":3,"score":1},"limit":{"kind":"AutoClip","seen":2,"norms":[5,1]}}""",
            clipper.SaveState());
    }

    [Fact]
    public void A_state_of_version_1_is_read()
    {
        const string Saved = """{"format":"fasttrainlog-gradient-clipper","version":1,"steps":3,"clippedSteps":1,"nonFiniteSteps":2,"stability":{"steps":3,"finiteSteps":3,"meanNorm":3,"score":1},"limit":{"kind":"ZClip","seen":2,"mean":1.5,"variance":0.25,"warmupSquares":0.5}}""";
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.ZClip() });
        clipper.LoadState(Saved);
        Assert.Equal((3, 1, 2), (clipper.Steps, clipper.ClippedSteps, clipper.NonFiniteSteps));
        Assert.Equal(
            """{"format":"fasttrainlog-gradient-clipper","version":2,"steps":3,"clipped_steps":1,"non_finite_steps":2,"stability":{"steps":3,"finite_steps":3,"mean_norm":3,"score":1},"limit":{"kind":"ZClip","seen":2,"mean":1.5,"variance":0.25,"warmup_squares":0.5}}""",
            clipper.SaveState());
    }

    [Fact]
    public void A_longer_or_shorter_window_of_AutoClip_takes_the_newest_norms_that_it_has_room_for()
    {
        using var saved = new GradientClipper(new() { Limit = GradientLimit.AutoClip(50.0, 4) });
        foreach (double norm in new[] { 9.0, 1.0, 2.0, 3.0, 4.0 })
        {
            saved.Clip("w", new[] { norm }, 1);
        }

        // This step's norm is among them: the medians of {4, 4}, {2, 3, 4, 4} and {1, 2, 3, 4, 4}.
        foreach ((int history, double median) in new[] { (2, 4.0), (4, 3.5), (64, 3.0) })
        {
            using var clipper = new GradientClipper(new() { Limit = GradientLimit.AutoClip(50.0, history) });
            clipper.LoadState(saved.SaveState());

            Assert.Equal(median, clipper.Clip("w", new[] { 4.0 }, 6).Threshold);
        }
    }

    [Fact]
    public void AdaGC_starts_anew_where_the_layers_are_others()
    {
        using var first = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: 50.0, warmupSteps: 1) });
        first.Clip("a", new[] { 1.0 }, 1);
        using var same = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: 50.0, warmupSteps: 1) });
        using var others = new GradientClipper(new() { Limit = GradientLimit.AdaGC(absolute: 50.0, warmupSteps: 1) });
        same.LoadState(first.SaveState());
        others.LoadState(first.SaveState());

        Assert.Equal(double.PositiveInfinity, same.Clip("a", new[] { 1.0 }, 2).Threshold);
        Assert.Equal(50.0, others.Clip("b", new[] { 1.0 }, 2).Threshold);
    }

    [Theory]
    [InlineData("", "is not the JSON of a saved clipper")]
    [InlineData("{}", "is not the JSON of a saved clipper")]
    [InlineData("null", "is not the JSON of a saved clipper")]
    [InlineData("[1]", "is not the JSON of a saved clipper")]
    [InlineData("""{"format":"fasttrainlog-gradient-clipper","version":3,"limit":{"kind":"ZClip"}}""", "has the version 3")]
    [InlineData("""{"format":"fasttrainlog-gradient-clipper","version":1,"limit":{"kind":"AutoClip"}}""", "was saved with the limit AutoClip and the clipper has ZClip")]
    [InlineData("""{"format":"fasttrainlog-gradient-clipper","version":1,"limit":{"kind":"ZClip","seen":1}}""", "is damaged: mean and variance of ZClip")]
    [InlineData("""{"format":"fasttrainlog-gradient-clipper","version":1,"steps":1,"clippedSteps":2,"limit":{"kind":"ZClip","mean":1,"variance":1,"warmupSquares":1}}""", "is damaged: 1 steps, 2 clipped")]
    [InlineData("""{"format":"fasttrainlog-gradient-clipper","version":1,"limit":{"kind":"ZClip","mean":-1,"variance":1,"warmupSquares":1}}""", "is damaged")]
    public void What_is_no_state_of_such_a_clipper_is_refused_with_the_reason_and_changes_nothing(string state, string reason)
    {
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.ZClip() });
        string before = clipper.SaveState();

        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => clipper.LoadState(state)).Message, StringComparison.Ordinal);
        Assert.Equal(before, clipper.SaveState());
    }

    [Fact]
    public void A_state_is_loaded_before_the_first_step()
    {
        using var clipper = new GradientClipper();
        string state = clipper.SaveState();
        clipper.Clip("w", new[] { 1f }, 1);

        Assert.Contains("make a new clipper", Assert.Throws<InvalidOperationException>(() => clipper.LoadState(state)).Message, StringComparison.Ordinal);
        clipper.Dispose();
        Assert.Throws<ObjectDisposedException>(() => clipper.SaveState());
    }

    private static GradientLimit LimitOf(string name) => name switch
    {
        "None" => GradientLimit.None,
        "L2Norm" => GradientLimit.L2Norm(2.0),
        "InfinityNorm" => GradientLimit.InfinityNorm(0.9),
        "Value" => GradientLimit.Value(0.9),
        "AutoClip" => GradientLimit.AutoClip(40.0),
        "short AutoClip" => GradientLimit.AutoClip(60.0, 7),
        "ZClip" => GradientLimit.ZClip(smoothing: 0.9, warmupSteps: 10),
        _ => GradientLimit.AdaGC(absolute: 5.0, smoothing: 0.9, warmupSteps: 10),
    };

    private static GradientStatistics[] Run(GradientClipper clipper, int from, int to) => [.. Enumerable.Range(from, Math.Max(0, to - from + 1)).Select(step =>
    {
        var random = new Random(step);
        double size = step % 7 == 0 ? 20.0 : 1.0;
        double[] first = [size * random.NextDouble(), -random.NextDouble()];
        double[] second = [random.NextDouble(), step % 23 == 5 ? double.NaN : 0.5, size];
        float[] rare = [step % 3 == 0 ? 1f + random.NextSingle() : 0f];
        return clipper.Clip([GradientBuffer.Of("fc1", first), GradientBuffer.Of("fc2", second), GradientBuffer.Of("rare", rare)], step);
    })];
}
