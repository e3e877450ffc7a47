using FastTrainLog.Gradients;
using FastTrainLog.Gradients.Cuda;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The host's side of a step, on a driver that notes every call and runs the real kernels on the CPU.</summary>
[Collection(StandInCollection.Name)]
public sealed class CudaClipperTests
{
    [Fact]
    public void Step_with_a_known_list_is_two_launches_without_copy_or_wait()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(700, 3);
        using CudaClipper clipper = standIn.Open(GradientLimit.L2Norm(1.0));
        Assert.True(clipper.TryClip(gradients.List, 1));
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 2));
        Assert.Equal(
            [
                "cuCtxPushCurrent_v2",
                "cuStreamIsCapturing",
                "cuLaunchKernel ftl_measure 4 32 stream 0",
                "cuLaunchKernel ftl_apply 2 32 stream 0",
                "cuCtxPopCurrent_v2",
            ],
            standIn.Log);
    }

    [Fact]
    public void Clipper_that_only_measures_makes_one_launch()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(700);
        using CudaClipper clipper = standIn.Open(GradientLimit.None, NonFinitePolicy.Report);
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 1));
        Assert.Single(standIn.Log, line => line.StartsWith("cuLaunchKernel", StringComparison.Ordinal));

        // A loss scale has to be divided out, which is a write.
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 2, inverseScale: 0.5));
        Assert.Equal(2, standIn.Log.Count(line => line.StartsWith("cuLaunchKernel", StringComparison.Ordinal)));
        Assert.Equal(0.5f, gradients.Span(0)[699]);
    }

    [Fact]
    public void No_step_synchronises_copies_back_or_frees()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(10, 20, 30);
        using CudaClipper clipper = standIn.Open(GradientLimit.AutoClip());
        standIn.StartLog();
        for (int step = 0; step < 5; step++)
        {
            gradients.Move(step % 3, step);
            Assert.True(clipper.TryClip(gradients.List, step));
            Assert.True(clipper.Statistics.TryRead(out _));
        }

        string[] waiting = ["Synchronize", "DtoH", "Free", "Destroy"];
        Assert.DoesNotContain(standIn.Log, line => waiting.Any(word => line.Contains(word, StringComparison.Ordinal)));
    }

    [Fact]
    public void Moved_pointers_upload_the_tensors_alone_and_a_new_list_its_chunks_too()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(700, 3);
        using CudaClipper clipper = standIn.Open();
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 1));
        Assert.Equal(["cuMemcpyHtoDAsync_v2 80 stream 0"], Uploads(standIn));

        standIn.StartLog();
        gradients.Move(1, 2.0f);
        Assert.True(clipper.TryClip(gradients.List, 2));
        Assert.Equal(["cuMemcpyHtoDAsync_v2 64 stream 0"], Uploads(standIn));

        standIn.StartLog();
        gradients.List[1] = gradients.List[1] with { Count = 2 };
        Assert.True(clipper.TryClip(gradients.List, 3));
        Assert.Equal(["cuMemcpyHtoDAsync_v2 80 stream 0"], Uploads(standIn));
    }

    [Fact]
    public void Upload_under_way_is_never_overwritten()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(4, 4);
        using CudaClipper clipper = standIn.Open();
        standIn.Hold();
        for (int step = 1; step <= 6; step++)
        {
            // The device has not begun: each step's addresses must still be those of its own gradients when it does.
            gradients.Move(0, step);
            Assert.True(clipper.TryClip(gradients.List, step));
        }

        Assert.False(clipper.Statistics.TryRead(out _));
        standIn.Release();
        for (int step = 1; step <= 6; step++)
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal(step, statistics.Step);
            Assert.Equal((double)step, statistics.AbsoluteMaximum);
        }
    }

    [Fact]
    public void Staging_memory_is_used_again_once_its_upload_has_run()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(4);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 0));
        long before = standIn.Allocations;
        for (int step = 1; step <= 20; step++)
        {
            gradients.Move(0, step);
            Assert.True(clipper.TryClip(gradients.List, step));
        }

        Assert.Equal(before, standIn.Allocations);
    }

    [Fact]
    public void Statistics_come_in_order_while_the_device_is_steps_behind()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(100);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 0));
        Assert.True(clipper.Statistics.TryRead(out _));
        standIn.Hold();
        for (int step = 1; step <= 10; step++)
        {
            Assert.True(clipper.TryClip(gradients.List, step));
        }

        // Two pieces of work are one step; half a step more has not been decided yet... it has: the first kernel publishes.
        Assert.Equal(15, standIn.Run(5));
        for (int step = 1; step <= 3; step++)
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal(step, statistics.Step);
        }

        Assert.False(clipper.Statistics.TryRead(out _));
        Assert.Equal(0, clipper.Statistics.Overruns);
    }

    [Fact]
    public void Overrun_ring_loses_the_oldest_steps_and_counts_them()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open(tuning: new CudaTuning(32, 1024, 2, RingSlots: 4));
        for (int step = 1; step <= 11; step++)
        {
            Assert.True(clipper.TryClip(gradients.List, step));
        }

        var steps = new List<long>();
        while (clipper.Statistics.TryRead(out GradientStatistics statistics))
        {
            steps.Add(statistics.Step);
        }

        Assert.Equal([8, 9, 10, 11], steps);
        Assert.Equal(7, clipper.Statistics.Overruns);
    }

    [Fact]
    public void Reader_on_another_thread_gets_every_step_whole_and_in_order()
    {
        const int Steps = 3000;
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(1, 1, 1, 1);
        using CudaClipper clipper = standIn.Open(tuning: new CudaTuning(32, 1024, 2, RingSlots: 8));
        var wrong = new List<string>();
        long read = 0, last = 0;
        bool done = false;
        var reader = new Thread(() =>
        {
            while (true)
            {
                bool ended = Volatile.Read(ref done);
                while (clipper.Statistics.TryRead(out GradientStatistics statistics))
                {
                    // Each step's gradients are its number: a record mixed of two steps would show.
                    bool whole = statistics.AbsoluteMaximum == statistics.Step && statistics.Step > last;
                    foreach (LayerStatistics layer in clipper.Statistics.Layers)
                    {
                        whole &= layer.AbsoluteMaximum == statistics.Step;
                    }

                    if (!whole)
                    {
                        wrong.Add($"{statistics}");
                    }

                    last = statistics.Step;
                    read++;
                }

                if (ended)
                {
                    return;
                }
            }
        });
        reader.Start();
        for (int step = 1; step <= Steps; step++)
        {
            for (int layer = 0; layer < 4; layer++)
            {
                gradients.Span(layer)[0] = step;
            }

            Assert.True(clipper.TryClip(gradients.List, step));
        }

        Volatile.Write(ref done, true);
        reader.Join();
        Assert.Empty(wrong);
        Assert.Equal(Steps, last);
        Assert.Equal(Steps, read + clipper.Statistics.Overruns);
    }

    [Fact]
    public void Growing_list_loses_no_step_and_names_each_with_its_own_layers()
    {
        using var standIn = new StandInDriver();
        using CudaClipper clipper = standIn.Open(tuning: new CudaTuning(32, 1024, 2, RingSlots: 64));
        var kept = new List<StandIn.Gradients>();
        for (int layers = 1; layers <= 20; layers++)
        {
            var gradients = new StandIn.Gradients([.. Enumerable.Range(1, layers).Select(i => i * 100)]);
            kept.Add(gradients);
            gradients.Span(layers - 1)[0] = float.NaN;
            Assert.True(clipper.TryClip(gradients.List, layers));
        }

        for (int layers = 1; layers <= 20; layers++)
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal(layers, statistics.Step);
            Assert.Equal(layers, statistics.LayerCount);
            Assert.Equal($"layer{layers - 1}", statistics.FirstNonFinite);
            Assert.Equal(layers * 100, clipper.Statistics.Layers[layers - 1].ElementCount);
        }

        kept.ForEach(gradients => gradients.Dispose());
    }

    [Fact]
    public void Failed_launch_is_reported_and_the_driver_left_alone_from_then_on()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 1));
        standIn.Fail("cuLaunchKernel", 700);
        Assert.False(clipper.TryClip(gradients.List, 2));
        Assert.Equal(
            "the launch of ftl_measure on cuda:0 failed with CUDA_ERROR_ILLEGAL_ADDRESS (700): an illegal memory access was encountered",
            clipper.Failure);
        standIn.StartLog();
        Assert.False(clipper.TryClip(gradients.List, 3));
        Assert.False(clipper.Synchronize());
        Assert.Empty(standIn.Log);
        Assert.Equal(0, standIn.ContextDepth);

        // What was finished before can still be read.
        Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
        Assert.Equal(1, statistics.Step);
    }

    [Fact]
    public void Lost_context_is_reported_and_disposing_of_the_clipper_is_quiet()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        CudaClipper clipper = standIn.Open();
        standIn.Fail("cuCtxPushCurrent_v2", 709);
        Assert.False(clipper.TryClip(gradients.List, 1));
        Assert.StartsWith(
            "cuCtxPushCurrent for cuda:0 failed with CUDA_ERROR_CONTEXT_IS_DESTROYED (709)", clipper.Failure, StringComparison.Ordinal);
        clipper.Dispose();
        Assert.Equal(0, standIn.Retained(0));
    }

    [Theory]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuMemHostAlloc")]
    [InlineData("cuMemHostGetDevicePointer_v2")]
    [InlineData("cuMemcpyHtoDAsync_v2")]
    [InlineData("cuMemsetD8Async")]
    [InlineData("cuEventRecord")]
    [InlineData("cuEventCreate")]
    public void Any_call_of_the_first_step_may_fail_and_everything_is_freed_in_the_end(string call)
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using (CudaClipper clipper = standIn.Open())
        {
            standIn.Fail(call, 2);
            Assert.False(clipper.TryClip(gradients.List, 1));
            Assert.Contains("(2)", clipper.Failure, StringComparison.Ordinal);
        }

        Assert.Equal(0, standIn.Allocations);
        Assert.Equal(0, standIn.Retained(0));
        Assert.Equal(0, standIn.ContextDepth);
    }

    [Fact]
    public void Disposed_clipper_has_given_back_all_it_took()
    {
        using var standIn = new StandInDriver();
        using var small = new StandIn.Gradients(8);
        using var large = new StandIn.Gradients(3000, 5, 6);
        using (CudaClipper clipper = standIn.Open(GradientLimit.AutoClip()))
        {
            Assert.True(clipper.TryClip(small.List, 1));
            Assert.True(clipper.TryClip(large.List, 2));
            Assert.NotEqual(0, standIn.Allocations);
        }

        Assert.Equal(0, standIn.Allocations);
        Assert.Equal(0, standIn.Retained(0));
        Assert.Equal(0, standIn.ContextDepth);
    }

    [Fact]
    public void Disposed_clipper_refuses_steps_and_has_nothing_to_read()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 1));
        clipper.Dispose();
        clipper.Dispose();
        Assert.Throws<ObjectDisposedException>(() => clipper.TryClip(gradients.List, 2));
        Assert.Throws<ObjectDisposedException>(() => clipper.Synchronize());
        Assert.False(clipper.Statistics.TryRead(out _));
    }

    [Fact]
    public void Device_that_hangs_does_not_hold_Dispose_and_keeps_its_memory_until_it_has_finished()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        CudaClipper clipper = standIn.Open();
        clipper.DisposeTimeout = TimeSpan.FromMilliseconds(50);
        Assert.True(clipper.TryClip(gradients.List, 1));
        long before = standIn.Allocations;
        standIn.Hang(true);
        var disposing = new Thread(clipper.Dispose);
        disposing.Start();
        bool returned = disposing.Join(TimeSpan.FromSeconds(5));
        long after = standIn.Allocations;
        standIn.Hang(false);
        disposing.Join();
        Assert.True(SpinWait.SpinUntil(() => standIn.Allocations == 0 && standIn.Retained(0) == 0, TimeSpan.FromSeconds(30)));
        Assert.True(returned);
        Assert.Equal(before, after);
        Assert.Contains("cuda:0 had not finished", clipper.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_list_costs_no_allocation_on_either_thread()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8, 9);
        using CudaClipper clipper = standIn.Open(GradientLimit.L2Norm(1.0));
        Run(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(100);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                clipper.TryClip(gradients.List, step);
                clipper.Statistics.TryRead(out _);
            }
        }
    }

    [Fact]
    public void Work_goes_to_torchs_current_stream_unless_the_caller_names_one()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open(torchStream: TorchStream.TryBind(standIn.Path));
        standIn.TorchStream(7);
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 1));
        Assert.Contains("aoti_torch_get_current_cuda_stream 0", standIn.Log);
        Assert.All(OnStreams(standIn), line => Assert.EndsWith("stream 7", line, StringComparison.Ordinal));
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 2, stream: 9));
        Assert.DoesNotContain(standIn.Log, line => line.StartsWith("aoti", StringComparison.Ordinal));
        Assert.All(
            standIn.Log.Where(line => line.StartsWith("cuLaunchKernel", StringComparison.Ordinal)),
            line => Assert.EndsWith("stream 9", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Error_of_torchs_stream_lookup_is_reported()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open(torchStream: TorchStream.TryBind(standIn.Path));
        standIn.Fail("aoti_torch_get_current_cuda_stream", 1);
        Assert.False(clipper.TryClip(gradients.List, 1));
        Assert.Equal("aoti_torch_get_current_cuda_stream for cuda:0 failed with 1", clipper.Failure);
    }

    [Fact]
    public void Step_on_another_stream_waits_there_for_the_one_before()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 1, stream: 3));
        standIn.StartLog();
        Assert.True(clipper.TryClip(gradients.List, 2, stream: 4));
        string[] log = standIn.Log;
        int recorded = Array.IndexOf(log, "cuEventRecord stream 3");
        int awaited = Array.IndexOf(log, "cuStreamWaitEvent stream 4");
        int launched = Array.FindIndex(log, line => line.StartsWith("cuLaunchKernel", StringComparison.Ordinal));
        Assert.True(recorded >= 0 && recorded < awaited && awaited < launched, string.Join(", ", log));
    }

    [Fact]
    public void Captured_step_counts_on_by_itself_at_every_replay()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8, 2000);
        using CudaClipper clipper = standIn.Open(GradientLimit.L2Norm(1e9));
        Assert.True(clipper.TryClip(gradients.List, 100));
        standIn.Capture(true);
        Assert.True(clipper.TryClip(gradients.List, 5));
        standIn.Capture(false);
        for (int replay = 1; replay <= 3; replay++)
        {
            gradients.Span(0).Fill(replay);
            standIn.Replay();
        }

        Assert.True(clipper.TryClip(gradients.List, 200));
        long[] steps = [100, 101, 102, 103, 200];
        foreach (long step in steps)
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal(step, statistics.Step);
        }

        Assert.False(clipper.Statistics.TryRead(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Graph_works_on_the_gradients_that_it_was_captured_with_whatever_list_comes_after(bool shorter)
    {
        using var standIn = new StandInDriver();
        using var captured = new StandIn.Gradients(8, 8);
        using var others = new StandIn.Gradients(shorter ? [8] : [8, 8]);
        using CudaClipper clipper = standIn.Open(GradientLimit.L2Norm(1.0));
        Assert.True(clipper.TryClip(captured.List, 1));
        standIn.Capture(true);
        Assert.True(clipper.TryClip(captured.List, 0));
        standIn.Capture(false);
        Assert.True(clipper.TryClip(others.List, 2));
        for (int layer = 0; layer < 2; layer++)
        {
            captured.Span(layer).Fill(1.0f);
            others.Span(layer % others.List.Length).Fill(1.0f);
        }

        standIn.Replay();
        Assert.All(captured.List, buffer => Assert.Equal(0.25f, captured.Span(Array.IndexOf(captured.List, buffer))[7]));
        Assert.All(others.List, buffer => Assert.Equal(1.0f, others.Span(Array.IndexOf(others.List, buffer))[7]));

        // Both go on as they were.
        Assert.True(clipper.TryClip(others.List, 4));
        captured.Span(0).Fill(2.0f);
        standIn.Replay();
        (long Step, int Layers, double Largest)[] expected =
            [(1, 2, 1.0), (2, others.List.Length, 1.0), (3, 2, 1.0), (4, others.List.Length, 1.0), (5, 2, 2.0)];
        Assert.All(expected, step =>
        {
            Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
            Assert.Equal(step, (statistics.Step, statistics.LayerCount, statistics.AbsoluteMaximum));
        });
    }

    [Fact]
    public void Captured_list_is_kept_once_and_the_one_after_it_moves_in_place()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8, 8);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 1));
        standIn.Capture(true);
        Assert.True(clipper.TryClip(gradients.List, 0));
        standIn.Capture(false);
        Assert.True(clipper.TryClip(gradients.List, 2));
        gradients.Move(0, 2.0f);
        Assert.True(clipper.TryClip(gradients.List, 3));
        long before = standIn.Allocations;
        for (int step = 4; step < 8; step++)
        {
            gradients.Move(1, step);
            Assert.True(clipper.TryClip(gradients.List, step));
        }

        Assert.Equal(before, standIn.Allocations);
    }

    [Fact]
    public void Steps_after_replays_still_wake_the_reader_at_half_a_ring()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open(tuning: new CudaTuning(32, 1024, 2, RingSlots: 8));
        Assert.True(clipper.TryClip(gradients.List, 1));
        standIn.Capture(true);
        Assert.True(clipper.TryClip(gradients.List, 0));
        standIn.Capture(false);
        for (int replay = 0; replay < 20; replay++)
        {
            standIn.Replay();
            while (clipper.Statistics.TryRead(out _))
            {
            }
        }

        var due = new List<int>();
        for (int step = 22; step <= 27; step++)
        {
            Assert.True(clipper.TryClip(gradients.List, step));
            if (clipper.IsReadingDue)
            {
                due.Add(step);
            }
        }

        // Every second step is a quarter of the ring: four are unread at step 25, so it is said at 26.
        Assert.Equal([26], due);

        // Replays alone fill the ring: the next step says so, whatever its number.
        while (clipper.Statistics.TryRead(out _))
        {
        }

        for (int replay = 0; replay < 5; replay++)
        {
            standIn.Replay();
        }

        Assert.True(clipper.TryClip(gradients.List, 33));
        Assert.True(clipper.IsReadingDue);
    }

    [Fact]
    public void Graph_of_an_older_list_still_has_its_names()
    {
        using var standIn = new StandInDriver();
        using var first = new StandIn.Gradients(8);
        using var second = new StandIn.Gradients(8, 9);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(first.List, 1));
        standIn.Capture(true);
        Assert.True(clipper.TryClip(first.List, 0));
        standIn.Capture(false);
        Assert.True(clipper.TryClip(second.List, 2));
        Assert.True(clipper.Statistics.TryRead(out _));
        Assert.True(clipper.Statistics.TryRead(out GradientStatistics newer));
        Assert.Equal(2, newer.LayerCount);
    }

    [Fact]
    public void Capture_of_gradients_the_device_does_not_know_is_refused_with_the_remedy()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open();
        standIn.Capture(true);
        Assert.Throws<InvalidOperationException>(() => clipper.TryClip(gradients.List, 1));
        standIn.Capture(false);
        Assert.True(clipper.TryClip(gradients.List, 2));
        standIn.Capture(true);
        gradients.Move(0, 5.0f);
        var refused = Assert.Throws<InvalidOperationException>(() => clipper.TryClip(gradients.List, 3));
        Assert.Contains("Clip the same tensors once", refused.Message, StringComparison.Ordinal);
        standIn.Capture(false);

        // The refused list was not uploaded: the same one again must be.
        Assert.True(clipper.TryClip(gradients.List, 4));
        Assert.True(clipper.Statistics.TryRead(out _));
        Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
        Assert.Equal(5.0, statistics.AbsoluteMaximum);
    }

    [Fact]
    public void Loss_scale_can_stay_on_the_device()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using var scale = new StandIn.Gradients(1);
        using CudaClipper clipper = standIn.Open();
        scale.Span(0)[0] = 0.25f;
        Assert.True(clipper.TryClip(gradients.List, 1, inverseScale: 123.0, inverseScaleAddress: (ulong)scale.List[0].Pointer));
        Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
        Assert.Equal(0.25, statistics.AbsoluteMaximum);
        Assert.Equal(0.25f, gradients.Span(0)[7]);
    }

    [Fact]
    public void Clippers_of_two_devices_keep_to_their_own()
    {
        using var standIn = new StandInDriver();
        using var first = new StandIn.Gradients(0, [8]);
        using var second = new StandIn.Gradients(1, [8]);
        using CudaClipper on0 = standIn.Open(ordinal: 0);
        using CudaClipper on1 = standIn.Open(ordinal: 1);
        Assert.Equal(1, standIn.Retained(0));
        Assert.Equal(1, standIn.Retained(1));
        Assert.True(on0.TryClip(first.List, 1));
        Assert.True(on1.TryClip(second.List, 2));
        Assert.True(on1.Statistics.TryRead(out GradientStatistics statistics));
        Assert.Equal(2, statistics.Step);
        var refused = Assert.Throws<ArgumentException>(() => on1.TryClip(first.List, 3));
        Assert.Contains("'layer0' lies on cuda:0", refused.Message, StringComparison.Ordinal);
        Assert.True(on1.TryClip(second.List, 4));
    }

    [Fact]
    public void Buffer_that_a_GPU_cannot_read_is_refused_by_name()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8, 8);
        using CudaClipper clipper = standIn.Open();
        GradientBuffer good = gradients.List[1];
        AssertRefused(good with { Pointer = good.Pointer + 2 }, "is no multiple of its element size 4");
        AssertRefused(good with { Pointer = 0 }, "null pointer");
        AssertRefused(good with { Count = -1 }, "0 or more");
        AssertRefused(good with { Type = (GradientType)9 }, "unknown element type 9");
        AssertRefused(good with { Device = GradientDevice.Cpu }, "lies on cpu");
        gradients.List[1] = good;
        Assert.True(clipper.TryClip(gradients.List, 1));
        AssertRefused(good with { Pointer = good.Pointer + 2 }, "is no multiple of its element size 4");
        gradients.List[1] = good with { Name = null! };
        Assert.Throws<ArgumentException>(() => clipper.TryClip(gradients.List, 1));

        void AssertRefused(GradientBuffer bad, string why)
        {
            gradients.List[1] = bad;
            string message = Assert.Throws<ArgumentException>(() => clipper.TryClip(gradients.List, 1)).Message;
            Assert.Contains("'layer1'", message, StringComparison.Ordinal);
            Assert.Contains(why, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Pointers_moved_by_a_list_that_was_then_refused_reach_the_device_with_the_next_step()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8, 8);
        using CudaClipper clipper = standIn.Open();
        Assert.True(clipper.TryClip(gradients.List, 1));
        gradients.Move(0, 9.0f);
        GradientBuffer good = gradients.List[1];
        gradients.List[1] = good with { Pointer = good.Pointer + 1 };
        Assert.Throws<ArgumentException>(() => clipper.TryClip(gradients.List, 2));
        gradients.List[1] = good;
        Assert.True(clipper.TryClip(gradients.List, 3));
        Assert.True(clipper.Statistics.TryRead(out _));
        Assert.True(clipper.Statistics.TryRead(out GradientStatistics statistics));
        Assert.Equal(9.0, statistics.AbsoluteMaximum);
    }

    [Fact]
    public void Non_finite_steps_are_counted_before_their_records_are_read()
    {
        using var standIn = new StandInDriver();
        using var gradients = new StandIn.Gradients(8);
        using CudaClipper clipper = standIn.Open(policy: NonFinitePolicy.Report);
        Assert.Equal(0, clipper.NonFiniteSteps);
        Assert.True(clipper.TryClip(gradients.List, 1));
        Assert.Equal(0, clipper.NonFiniteSteps);
        gradients.Span(0)[3] = float.NaN;
        Assert.True(clipper.TryClip(gradients.List, 2));
        Assert.True(clipper.TryClip(gradients.List, 3));
        Assert.Equal(2, clipper.NonFiniteSteps);
    }

    private static string[] Uploads(StandInDriver standIn)
        => [.. standIn.Log.Where(line => line.StartsWith("cuMemcpyHtoD", StringComparison.Ordinal))];

    private static IEnumerable<string> OnStreams(StandInDriver standIn)
        => standIn.Log.Where(line => line.Contains(" stream ", StringComparison.Ordinal));
}
