using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>What a device finds reaches the log of a run, without the thread that clips doing anything for it.</summary>
[Collection(StandInCollection.Name)]
public sealed class DeliveryTests
{
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Every_step_is_in_the_log_once_under_its_own_number_and_in_order()
    {
        const int Steps = 500;
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 4);
        using GradientClipper clipper = Clipper(standIn, slots: 1024);
        using var log = new FollowedRun(clipper, TimeSpan.FromMilliseconds(20));
        for (int step = 1; step <= Steps; step++)
        {
            gradients.Span(0).Fill(step);
            clipper.Clip(gradients.List, step);
        }

        log.Run.End(success: true);
        JsonElement[] records = log.Properties(TrainingEvents.Gradients);
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), log.Steps());
        Assert.All(records, record => Assert.Equal(record.GetProperty("Step").GetDouble(), record.GetProperty("AbsoluteMaximum").GetDouble()));
        Assert.Empty(log.Records(TrainingEvents.GradientStatisticsLost));
    }

    [Fact]
    public void Half_a_ring_of_steps_is_read_without_waiting_for_the_interval()
    {
        const int Slots = 8;
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, Slots);
        using var log = new FollowedRun(clipper, flushInterval: Never);
        for (int step = 1; step <= 40; step++)
        {
            clipper.Clip(gradients.List, step);

            // From the second half ring on: the first step starts the thread, which reads at once.
            if (step % (Slots / 2) == 0)
            {
                Assert.True(SpinWait.SpinUntil(() => log.Steps().LastOrDefault() >= step - (Slots / 2) + 1, Patience), $"step {step}");
            }
        }

        log.Run.End(success: true);
        Assert.Equal(Enumerable.Range(1, 40).Select(step => (long)step), log.Steps());
    }

    [Fact]
    public void Steps_reach_the_log_at_the_interval_while_the_run_goes_on()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 1024);
        using var log = new FollowedRun(clipper, TimeSpan.FromMilliseconds(20));
        standIn.Hold();
        clipper.Clip(gradients.List, 1);
        clipper.Clip(gradients.List, 2);
        Assert.Empty(log.Steps());
        standIn.Release();
        Assert.True(SpinWait.SpinUntil(() => log.Steps() is [1, 2], Patience));
    }

    [Fact]
    public void The_thread_that_clips_makes_no_call_for_it()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 8);
        using var log = new FollowedRun(clipper, flushInterval: Never);
        clipper.Clip(gradients.List, 0);
        standIn.StartLog();
        for (int step = 1; step <= 20; step++)
        {
            clipper.Clip(gradients.List, step);
        }

        Assert.DoesNotContain(standIn.Log, line => line.Contains("Synchronize", StringComparison.Ordinal) || line.Contains("Event", StringComparison.Ordinal));
        Assert.Equal(20, standIn.Log.Count(line => line.StartsWith("cuLaunchKernel ftl_measure", StringComparison.Ordinal)));
        Assert.Throws<InvalidOperationException>(() => clipper.TryRead(out _));
    }

    [Fact]
    public void Overwritten_steps_are_counted_in_the_log_before_the_next_one_and_those_not_finite_among_them()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 4, NonFinitePolicy.Report);
        for (int step = 1; step <= 11; step++)
        {
            gradients.Span(0)[0] = step == 3 ? float.NaN : step;
            clipper.Clip(gradients.List, step);
        }

        using var log = new FollowedRun(clipper, flushInterval: Never);
        log.Run.End(success: true);
        Assert.Equal([8, 9, 10, 11], log.Steps());
        JsonElement lost = Assert.Single(log.Properties(TrainingEvents.GradientStatisticsLost));
        Assert.Equal((7, 8, 1), (lost.GetProperty("Lost").GetInt32(), lost.GetProperty("Step").GetInt32(), lost.GetProperty("NonFiniteSteps").GetInt32()));
    }

    [Fact]
    public void A_step_that_is_not_finite_is_an_issue_with_its_first_bad_layer_its_share_and_what_was_done()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 5);
        using GradientClipper clipper = Clipper(standIn, slots: 64, NonFinitePolicy.Sanitize);
        using var log = new FollowedRun(clipper);
        gradients.Span(1)[2] = float.NaN;
        gradients.Span(1)[4] = float.NegativeInfinity;
        clipper.Clip(gradients.List, 7);
        log.Run.End(success: true);
        JsonElement issue = Assert.Single(log.Properties(TrainingEvents.NumericalIssue));
        Assert.Equal("layer1", issue.GetProperty("Location").GetString());
        Assert.Equal(7, issue.GetProperty("Step").GetInt32());
        Assert.Equal((1, 1, 5), (issue.GetProperty("NaNCount").GetInt32(), issue.GetProperty("InfinityCount").GetInt32(), issue.GetProperty("ElementCount").GetInt32()));
        Assert.Equal("non_finite_to_zero", issue.GetProperty("RecoveryAction").GetString());
        Assert.Equal("non_finite_to_zero", log.Properties(TrainingEvents.Gradients).Single().GetProperty("RecoveryAction").GetString());
    }

    [Fact]
    public void A_checkpoint_is_refused_for_a_step_that_the_device_has_finished_and_the_log_not_read_yet()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 64, NonFinitePolicy.Report);
        using var logging = TrainLogging.Create(o => (o.EnableFileLogging, o.EnableJsonLogging, o.EnableConsoleLogging, o.FlushInterval) = (false, false, false, Never));
        using var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", CheckpointGuard = CheckpointGuard.Refuse });
        run.Follow(clipper);
        standIn.Hold();
        clipper.Clip(gradients.List, 1);
        gradients.Span(0)[0] = float.NaN;
        clipper.Clip(gradients.List, 2);
        standIn.Release();
        Assert.False(run.SaveCheckpoint(1, 2, 0.5, "model.pt", _ => Assert.Fail("saved")));
    }

    [Fact]
    public void Disposing_of_the_clipper_logs_what_is_left_and_another_run_may_follow_the_next()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        GradientClipper clipper = Clipper(standIn, slots: 64);
        using var log = new FollowedRun(clipper, flushInterval: Never);
        standIn.Hold();
        clipper.Clip(gradients.List, 1);
        clipper.Clip(gradients.List, 2);
        Assert.Throws<InvalidOperationException>(() => log.Run.Follow(clipper));
        standIn.Release();
        clipper.Dispose();
        Assert.Equal([1, 2], log.Steps());
        using GradientClipper next = Clipper(standIn, slots: 64);
        log.Run.Follow(next);
        next.Clip(gradients.List, 3);
        log.Run.End(success: true);
        Assert.Equal([1, 2, 3], log.Steps());
        Assert.True(next.Clip(gradients.List, 4).Action == GradientAction.Pending);
        Assert.True(SpinWait.SpinUntil(() => next.TryRead(out _), Patience));
    }

    [Fact]
    public void Two_devices_are_followed_each_in_its_own_order()
    {
        using var standIn = new StandInDriver();
        using var on0 = new StandIn.Gradients(0, [3]);
        using var on1 = new StandIn.Gradients(1, [4, 5]);
        using GradientClipper first = Clipper(standIn, slots: 64);
        using GradientClipper second = Clipper(standIn, slots: 64);
        using var log = new FollowedRun(first, TimeSpan.FromMilliseconds(20));
        log.Run.Follow(second);
        for (int step = 1; step <= 20; step++)
        {
            first.Clip(on0.List, step);
            second.Clip(on1.List, 100 + step);
        }

        log.Run.End(success: true);
        Assert.Equal(Enumerable.Range(1, 20).Select(step => (long)step), log.Steps().Where(step => step < 100));
        Assert.Equal(Enumerable.Range(101, 20).Select(step => (long)step), log.Steps().Where(step => step > 100));
    }

    [Fact]
    public void Layers_are_logged_every_so_many_steps_after_the_step_itself()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3, 4);
        var options = new GradientClipperOptions { LayersEvery = 2, Limit = GradientLimit.L2Norm(1.0) };
        using var clipper = new GradientClipper(options, ordinal => standIn.Open(options.Limit, ordinal: ordinal));
        using var log = new FollowedRun(clipper);
        for (int step = 1; step <= 4; step++)
        {
            gradients.Span(1).Fill(2.0f);
            clipper.Clip(gradients.List, step);
        }

        log.Run.End(success: true);
        JsonElement[] layers = log.Properties(TrainingEvents.GradientLayer);
        Assert.Equal(
            [(2, "layer0"), (2, "layer1"), (4, "layer0"), (4, "layer1")],
            layers.Select(layer => (layer.GetProperty("Step").GetInt32(), layer.GetProperty("Layer").GetString()!)));
        Assert.Equal(4.0, layers[1].GetProperty("Norm").GetDouble());
        Assert.Equal((2.0, 4), (layers[1].GetProperty("AbsoluteMaximum").GetDouble(), layers[1].GetProperty("ElementCount").GetInt32()));
    }

    [Fact]
    public void A_device_that_never_finishes_does_not_hold_the_end_of_the_run()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 64);
        using var log = new FollowedRun(clipper, shutdownTimeout: TimeSpan.FromMilliseconds(100));
        clipper.Clip(gradients.List, 1);
        standIn.Hang(true);
        log.Run.End(success: true);
        standIn.Hang(false);
        JsonElement outstanding = Assert.Single(log.Properties(TrainingEvents.GradientsOutstanding));
        Assert.StartsWith("the device did not finish them within ", outstanding.GetProperty("Reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_device_had_finished_is_in_the_log_though_it_never_finishes_the_rest()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 64);
        using var log = new FollowedRun(clipper, flushInterval: Never, shutdownTimeout: TimeSpan.FromMilliseconds(300));
        ClipOnce(clipper, gradients, log);
        clipper.Clip(gradients.List, 2);
        standIn.Hang(true);
        log.Run.End(success: true);
        standIn.Hang(false);
        Assert.Equal([1, 2], log.Steps());
    }

    [Fact]
    public void A_device_that_fails_before_the_end_leaves_a_count_of_what_is_missing_and_why()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 64);
        using var log = new FollowedRun(clipper, flushInterval: Never);
        ClipOnce(clipper, gradients, log);
        standIn.Hold();
        clipper.Clip(gradients.List, 2);
        clipper.Clip(gradients.List, 3);
        standIn.Fail("cuCtxSynchronize", 700);
        log.Run.End(success: false);
        standIn.Release();
        JsonElement missing = Assert.Single(log.Properties(TrainingEvents.GradientsOutstanding));
        Assert.Equal(2, missing.GetProperty("Missing").GetInt32());
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", missing.GetProperty("Reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_loaded_is_not_blamed_for_steps_before_that_the_log_had_not_come_to()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 64, NonFinitePolicy.Report);
        using var log = new FollowedRun(clipper, flushInterval: Never);
        ClipOnce(clipper, gradients, log);
        gradients.Span(0)[1] = float.NaN;
        clipper.Clip(gradients.List, 2);
        Assert.True(log.Run.LoadModelSafely("m", () => 1).Success);
        bool saved = false;
        Assert.True(log.Run.SaveCheckpoint(1, 2, 0.5, "model.dat", _ => saved = true));
        Assert.True(saved);
    }

    [Fact]
    public void An_epochs_gradients_include_what_the_device_had_finished()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(3);
        using GradientClipper clipper = Clipper(standIn, slots: 64);
        using var log = new FollowedRun(clipper, flushInterval: Never);
        ClipOnce(clipper, gradients, log);
        clipper.Clip(gradients.List, 2);
        clipper.Clip(gradients.List, 3);
        log.Run.LogEpoch(1);
        Assert.Equal(3, Assert.Single(log.Properties(TrainingEvents.GradientHealth)).GetProperty("Steps").GetInt32());
    }

    // The first step starts the thread, which reads at once; what comes behind it waits for the interval.
    private static void ClipOnce(GradientClipper clipper, StandIn.Gradients gradients, FollowedRun log)
    {
        clipper.Clip(gradients.List, 1);
        Assert.True(SpinWait.SpinUntil(() => log.Steps() is [1], Patience));
    }

    private static GradientClipper Clipper(StandInDriver standIn, int slots, NonFinitePolicy policy = NonFinitePolicy.Skip)
    {
        var options = new GradientClipperOptions { NonFinite = policy };
        return new GradientClipper(options, ordinal => standIn.Open(GradientLimit.None, policy, ordinal, new CudaTuning(32, 1024, 2, slots)));
    }
}
