using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

/// <summary>What a run logs of a clipper that it follows, for gradients in host memory; those of a GPU are tested with the kernels.</summary>
public sealed class FollowedClipperTests
{
    private static readonly float[] First = GC.AllocateArray<float>(4, pinned: true);
    private static readonly float[] Second = GC.AllocateArray<float>(3, pinned: true);

    [Fact]
    public void Layers_are_logged_in_the_steps_asked_for_with_what_they_held_before_clipping()
    {
        using var log = new RunLog();
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(2.5), LayersEvery = 5 });
        log.Run.Follow(clipper);
        for (int step = 1; step <= 10; step++)
        {
            new float[] { 3f, -4f, 0f, 0f }.CopyTo(First, 0);
            new float[] { 0f, 0f, 0f }.CopyTo(Second, 0);
            clipper.Clip([GradientBuffer.FromPinnedArray("fc1", First), GradientBuffer.FromPinnedArray("fc2", Second)], step);
        }

        JsonElement[] records = [.. log.Events(TrainingEvents.GradientLayer).Select(record => record.GetProperty("properties"))];
        Assert.Equal([(5, "fc1"), (5, "fc2"), (10, "fc1"), (10, "fc2")], records.Select(r => (r.GetProperty("Step").GetInt32(), r.GetProperty("Layer").GetString()!)));
        Assert.Equal(
            """{"Step":5,"Layer":"fc1","Norm":5,"AbsoluteMaximum":4,"Coefficient":0.5,"NaNCount":0,"InfinityCount":0,"ZeroCount":2,"ElementCount":4}""",
            records[0].GetRawText());
        Assert.Empty(log.Events(TrainingEvents.GradientHistogram));
    }

    [Fact]
    public void Histograms_are_logged_with_their_filled_bins_by_name()
    {
        using var log = new RunLog();
        using var clipper = new GradientClipper(new() { HistogramEvery = 2 });
        log.Run.Follow(clipper);
        new float[] { 1f, -1.5f, 0.25f, 1e-30f }.CopyTo(First, 0);
        clipper.Clip([GradientBuffer.FromPinnedArray("fc1", First)], 1);
        clipper.Clip([GradientBuffer.FromPinnedArray("fc1", First)], 2);
        Assert.Equal("""{"Step":2,"Layer":"fc1","Bins":{"<2^-47":1,"2^-2":1,"2^0":2}}""", log.Properties(TrainingEvents.GradientHistogram).GetRawText());
        Assert.Contains(log.Lines("numerical_stability.log"), line => line.EndsWith("Gradient magnitudes of step 2 in fc1 - <2^-47: 1, 2^-2: 1, 2^0: 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_that_throws_has_its_layers_in_the_log()
    {
        using var log = new RunLog();
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Throw, LayersEvery = 1 });
        log.Run.Follow(clipper);
        First[0] = float.NaN;
        Assert.Throws<NonFiniteGradientException>(() => clipper.Clip([GradientBuffer.FromPinnedArray("fc1", First)], 1));
        Assert.Equal(1, log.Properties(TrainingEvents.GradientLayer).GetProperty("NaNCount").GetInt32());
    }

    public static TheoryData<GradientLimit, string> Limits => new()
    {
        { GradientLimit.None, "none" },
        { GradientLimit.L2Norm(1.5), "L2 norm of at most 1.5" },
        { GradientLimit.InfinityNorm(2), "largest element of at most 2" },
        { GradientLimit.Value(0.5), "elements clamped to 0.5" },
        { GradientLimit.AutoClip(), "AutoClip, percentile 10 of the last 1024 L2 norms" },
        { GradientLimit.ZClip(), "ZClip, 2.5 standard deviations above the mean L2 norm, after 25 steps" },
        { GradientLimit.AdaGC(), "AdaGC, 1.04 times a layer's mean L2 norm, after 100 steps of at most 1" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void The_limit_is_told_in_words(GradientLimit limit, string words)
    {
        using var log = new RunLog();
        log.Run.LogGradientGuard(new GradientClipperOptions { Limit = limit });
        Assert.Equal(words, log.Properties(TrainingEvents.GradientGuard).GetProperty("Limit").GetString());
    }

    [Fact]
    public void Following_says_how_gradients_are_guarded_and_ends_with_the_run()
    {
        using var log = new RunLog();
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0), LayersEvery = 1 });
        log.Run.Follow(clipper);
        Assert.Throws<InvalidOperationException>(() => log.Run.Follow(clipper));
        log.Run.End(success: true);
        clipper.Clip([GradientBuffer.FromPinnedArray("fc1", First)], 1);
        Assert.Empty(log.Events(TrainingEvents.GradientLayer));
        Assert.Contains("L2", log.Properties(TrainingEvents.GradientGuard).GetProperty("Limit").GetString(), StringComparison.Ordinal);
    }
}
