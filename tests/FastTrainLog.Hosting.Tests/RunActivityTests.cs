using System.Collections.Concurrent;
using System.Diagnostics;
using FastTrainLog.Training;

namespace FastTrainLog.Hosting.Tests;

/// <summary>A run, its epochs, validations and checkpoints as activities.</summary>
public sealed class RunActivityTests
{
    [Fact]
    public void A_run_holds_its_epochs_and_they_their_validations_and_checkpoints()
    {
        using var heard = new HeardActivities("parts");
        using var directory = new HostDirectory();
        ActivityTraceId trace;
        using (TrainLogging logging = directory.CreateLog())
        {
            Activity? before = Activity.Current;
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", RunId = "parts" });
            trace = Activity.Current!.TraceId;
            for (int epoch = 1; epoch <= 2; epoch++)
            {
                run.LogStep(epoch, epoch, 0.5, 0.1);
                run.LogValidation(epoch, epoch, 0.25);
                run.SaveCheckpoint(epoch, epoch, 0.25, directory.Path + "/model", path => Assert.Equal("training.checkpoint", Activity.Current!.OperationName));
                run.LogEpoch(epoch);
            }

            run.LogCheckpoint(2, 2, 0.25, "elsewhere");
            Assert.Equal("training.run", Activity.Current!.OperationName);
            run.End(success: true);
            Assert.Same(before, Activity.Current);
        }

        Activity ofRun = heard.Single("training.run");
        Assert.Equal((ActivityStatusCode.Ok, "completed", "m", 0), (ofRun.Status, ofRun.GetTagItem("outcome"), ofRun.GetTagItem("model"), ofRun.GetTagItem("rank")));
        Activity[] epochs = [.. heard.All("training.epoch")];
        Assert.Equal([1, 2], epochs.Select(epoch => epoch.GetTagItem("epoch")));
        Assert.All(epochs, epoch => Assert.Equal((ofRun.SpanId, 0.5), (epoch.ParentSpanId, epoch.GetTagItem("loss"))));
        Assert.True(epochs[0].StartTimeUtc >= ofRun.StartTimeUtc && epochs[0].StartTimeUtc + epochs[0].Duration <= epochs[1].StartTimeUtc);
        Assert.Equal(epochs.Select(epoch => epoch.SpanId), heard.All("training.validation").Select(validation => validation.ParentSpanId));
        Assert.Equal([true, false], heard.All("training.validation").Select(validation => validation.GetTagItem("best")));
        Assert.Equal([epochs[0].SpanId, epochs[1].SpanId, ofRun.SpanId], heard.All("training.checkpoint").Select(checkpoint => checkpoint.ParentSpanId));
        // What is logged within the run is found by its trace.
        Assert.All(
            directory.Records().Where(record => record.TryGetProperty("event", out System.Text.Json.JsonElement name) && name.GetString() == "Step"),
            record => Assert.Equal(trace.ToString(), record.GetProperty("trace_id").GetString()));
    }

    public static TheoryData<string, Action<TrainingRun>, ActivityStatusCode, string?> Ends => new()
    {
        { "completed", run => run.End(success: true), ActivityStatusCode.Ok, null },
        { "failed", run => run.End(success: false, "diverged"), ActivityStatusCode.Error, "diverged" },
        { "failed", run => run.End(new InvalidOperationException("no data")), ActivityStatusCode.Error, "no data" },
        { "failed", run => run.Dispose(), ActivityStatusCode.Error, "left without End" },
        { "cancelled", run => run.End(new OperationCanceledException("by Ctrl+C")), ActivityStatusCode.Unset, null },
        { "stopped", run => run.End(RunOutcome.Stopped), ActivityStatusCode.Unset, null },
    };

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public void A_runs_status_is_what_became_of_it(string outcome, Action<TrainingRun> end, ActivityStatusCode status, string? description)
    {
        string id = $"status {Guid.NewGuid():N}";
        using var heard = new HeardActivities(id);
        using var directory = new HostDirectory();
        using (TrainLogging logging = directory.CreateLog())
        {
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", RunId = id });
            run.LogStep(1, 1, 0.5, 0.1);
            end(run);
        }

        Activity ofRun = heard.Single("training.run");
        Assert.Equal((status, description, outcome), (ofRun.Status, ofRun.StatusDescription, ofRun.GetTagItem("outcome")));
        Assert.Equal(status, heard.Single("training.epoch").Status);
        Assert.Equal(description == "no data" ? 1 : 0, ofRun.Events.Count(raised => raised.Name == "exception"));
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_saved_is_an_error_and_the_loops_own_activities_stay_current()
    {
        using var heard = new HeardActivities("checkpoint");
        using var directory = new HostDirectory();
        using (TrainLogging logging = directory.CreateLog())
        {
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", RunId = "checkpoint" });
            using (Activity own = new Activity("loop").Start())
            {
                run.LogStep(1, 1, 0.5, 0.1);
                run.LogValidation(1, 1, 0.5);
                Assert.Throws<IOException>(() => run.SaveCheckpoint(1, 1, 0.5, "model", _ => throw new IOException("disk full")));
                run.LogEpoch(1);
                Assert.Same(own, Activity.Current);
            }

            Assert.Equal("training.run", Activity.Current!.OperationName);
            run.End(success: true);
        }

        Activity checkpoint = heard.Single("training.checkpoint");
        Assert.Equal((ActivityStatusCode.Error, "disk full", typeof(IOException).FullName), (checkpoint.Status, checkpoint.StatusDescription, checkpoint.GetTagItem("error.type")));
    }

    /// <summary>Listens to the activities of one run: other tests' runs go on at the same time.</summary>
    private sealed class HeardActivities : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _stopped = [];
        private readonly ActivityListener _listener;
        private readonly string _run;

        public HeardActivities(string run)
        {
            _run = run;
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == TrainLogging.ActivitySourceName,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _stopped.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity[] All(string name)
        {
            ActivityTraceId trace = _stopped.Single(activity => (string?)activity.GetTagItem("run") == _run).TraceId;
            return [.. _stopped.Where(activity => activity.TraceId == trace && activity.OperationName == name).OrderBy(activity => activity.StartTimeUtc)];
        }

        public Activity Single(string name) => Assert.Single(All(name));

        public void Dispose() => _listener.Dispose();
    }
}
