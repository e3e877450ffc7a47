using System.Diagnostics;

namespace FastTrainLog.Training;

/// <summary>The activities of a run, for listeners: one for the run, and within it those of its epochs, validations and checkpoints.</summary>
/// <remarks>
/// The run's activity is the current one of its caller, so that other activities of the loop are part of it; the others are not, except a checkpoint's while it is saved: changing
/// the current activity in the middle of a loop would break the nesting of the loop's own activities. Without a listener a step costs one comparison.
/// </remarks>
internal sealed class RunActivities
{
    private static readonly ActivitySource Source = new(TrainLogging.ActivitySourceName);

    private readonly Lock _gate = new();
    private readonly Activity? _run;
    private Activity? _epoch;
    private int? _epochNumber;

    // The start of the time that is not part of an activity yet.
    private DateTime _mark = DateTime.UtcNow;

    public RunActivities(string id, TrainingRunOptions options)
    {
        _run = Source.StartActivity("training.run");
        _run?.SetTag("run", id).SetTag("rank", options.Rank).SetTag("world_size", options.WorldSize).SetTag("model", options.Model);
    }

    /// <summary>Notes a step: the first one of an epoch begins the epoch's activity.</summary>
    public void Step(int epoch)
    {
        if (epoch != _epochNumber)
        {
            Begin(epoch);
        }
    }

    public void EpochEnded(int epoch, double loss, long steps)
    {
        lock (_gate)
        {
            if (_epochNumber != epoch)
            {
                Begin(epoch);
            }

            _epoch?.SetTag("loss", loss).SetTag("steps", steps);
            EndEpoch(ActivityStatusCode.Ok);
        }
    }

    /// <summary>Adds the activity of a validation that has just ended.</summary>
    /// <param name="seconds">Its duration.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="step">Its step.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="isBest">Whether it is the best so far.</param>
    public void Validation(double seconds, int epoch, long step, double loss, bool isBest)
    {
        Activity? validation = Start("training.validation", seconds, makeCurrent: false);
        validation?.SetTag("epoch", epoch).SetTag("step", step).SetTag("loss", loss).SetTag("best", isBest).SetStatus(ActivityStatusCode.Ok);
        Stop(validation);
    }

    /// <summary>Adds the activity of a checkpoint that other code has saved.</summary>
    public void Checkpoint(double seconds, int epoch, long step, double loss, string path)
    {
        Activity? checkpoint = Start("training.checkpoint", seconds, makeCurrent: false);
        checkpoint?.SetTag("epoch", epoch).SetTag("step", step).SetTag("loss", loss).SetTag("path", path).SetStatus(ActivityStatusCode.Ok);
        Stop(checkpoint);
    }

    /// <summary>Begins the activity of a checkpoint that is being saved.</summary>
    public Activity? BeginCheckpoint(int epoch, long step, double loss, string path) =>
        Start("training.checkpoint", seconds: 0, makeCurrent: true)?.SetTag("epoch", epoch).SetTag("step", step).SetTag("loss", loss).SetTag("path", path);

    public void EndCheckpoint(Activity? checkpoint, Exception? failure)
    {
        checkpoint?.SetStatus(ActivityStatusCode.Ok);
        Fail(checkpoint, failure);
        Stop(checkpoint);
    }

    /// <summary>Ends the run's activity, and that of the current epoch.</summary>
    public void End(RunSummary summary, Exception? failure)
    {
        ActivityStatusCode status = summary.Outcome switch
        {
            RunOutcome.Completed => ActivityStatusCode.Ok,
            RunOutcome.Failed => ActivityStatusCode.Error,
            // Ended from outside: neither is an error of the run.
            _ => ActivityStatusCode.Unset,
        };
        lock (_gate)
        {
            EndEpoch(status);
        }

        _run?.SetTag("outcome", summary.Outcome.Word()).SetTag("steps", summary.Steps).SetTag("loss", summary.FinalLoss);
        _run?.SetStatus(status, summary.Reason);
        Fail(_run, status == ActivityStatusCode.Error ? failure : null);
        Stop(_run);
    }

    private static void Fail(Activity? activity, Exception? failure)
    {
        if (failure is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failure.Message).SetTag("error.type", failure.GetType().FullName).AddException(failure);
        }
    }

    // When an activity ends, its predecessor becomes current, even if another activity has become current since.
    private static void Stop(Activity? activity)
    {
        if (activity is not null)
        {
            Activity? current = Activity.Current;
            activity.Dispose();
            Restore(current == activity ? Activity.Current : current);
        }
    }

    private void Begin(int epoch)
    {
        lock (_gate)
        {
            EndEpoch(ActivityStatusCode.Ok);
            _epochNumber = epoch;
            Activity? current = Activity.Current;
            _epoch = Source.StartActivity("training.epoch", ActivityKind.Internal, _run?.Context ?? default, startTime: _mark)?.SetTag("epoch", epoch);
            Restore(current);
        }
    }

    private void EndEpoch(ActivityStatusCode status)
    {
        _epoch?.SetStatus(status);
        Stop(_epoch);
        _epoch = null;
        _epochNumber = null;
        _mark = DateTime.UtcNow;
    }

    private Activity? Start(string name, double seconds, bool makeCurrent)
    {
        Activity? current = Activity.Current;
        lock (_gate)
        {
            _mark = DateTime.UtcNow;
            ActivityContext parent = _epoch?.Context ?? _run?.Context ?? default;
            Activity? activity = Source.StartActivity(name, ActivityKind.Internal, parent, startTime: _mark - TimeSpan.FromSeconds(seconds));
            if (!makeCurrent)
            {
                Restore(current);
            }

            return activity;
        }
    }

    private static void Restore(Activity? current)
    {
        if (Activity.Current != current)
        {
            Activity.Current = current;
        }
    }
}
