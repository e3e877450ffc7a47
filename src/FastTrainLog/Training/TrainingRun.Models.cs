using System.Diagnostics;

namespace FastTrainLog.Training;

/// <content>Validations and checkpoints of the model.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs a validation and compares it with the best so far.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss over the validation data.</param>
    /// <param name="metrics">Further figures; with <see cref="TrainingRunOptions.BestMetric"/> set, one of that name.</param>
    /// <returns>Whether it is the best so far. A value that is not finite never is.</returns>
    /// <exception cref="ArgumentException">The metrics lack the one that validations are compared by.</exception>
    public bool LogValidation(int epoch, long step, double loss, ReadOnlySpan<Metric> metrics = default)
    {
        if (IsLate(nameof(LogValidation), step))
        {
            return false;
        }

        double value = _options.BestMetric is { } name ? Find(metrics, name) : loss;
        BestValidation? best;
        bool isBest;
        double seconds;
        lock (_gate)
        {
            seconds = _clock.Pause(Stopwatch.GetTimestamp(), step);
            isBest = BestValidation.IsBetter(value, _best?.Value, _options.HigherIsBetter);
            if (isBest)
            {
                _best = new BestValidation(value, epoch, step);
            }

            best = _best;
        }

        _figures.TakeValidation(loss);
        _activities.Validation(seconds, epoch, step, loss, isBest);
        if (isBest)
        {
            _progress.BestValidation(epoch, step, loss, isBest, metrics);
        }
        else
        {
            _progress.Validation(epoch, step, loss, best?.Value, best?.Step, isBest, metrics);
        }

        return isBest;
    }

    /// <summary>Saves a checkpoint and logs it, unless non-finite gradients were applied to the model and the options refuse such a checkpoint.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss of the checkpoint.</param>
    /// <param name="path">The file.</param>
    /// <param name="save">Writes the file, and throws if it cannot; the exception is logged and passes through.</param>
    /// <param name="metrics">Further figures.</param>
    /// <returns>Whether it was saved.</returns>
    public bool SaveCheckpoint(int epoch, long step, double loss, string path, Action<string> save, ReadOnlySpan<Metric> metrics = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(save);
        CatchUpWithGradients();
        long damaging = Interlocked.Read(ref _damagingSteps);
        if (damaging > 0 && _options.CheckpointGuard == CheckpointGuard.Refuse)
        {
            _progress.CheckpointRefused(damaging, epoch, step, loss, path);
            return false;
        }

        Activity? checkpoint = _activities.BeginCheckpoint(epoch, step, loss, path);
        using (OperationScope operation = BeginOperation("checkpoint_saving", _options.Model, [new("path", path)]))
        {
            try
            {
                save(path);
            }
            catch (Exception exception)
            {
                operation.Fail(exception);
                _activities.EndCheckpoint(checkpoint, exception);
                throw;
            }

            operation.Complete();
        }

        _activities.EndCheckpoint(checkpoint, failure: null);
        LogSaved(epoch, step, loss, path, metrics);
        return true;
    }

    /// <summary>Logs a checkpoint that was saved, and flags it if gradients were not finite since the previous one.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1 over all epochs.</param>
    /// <param name="loss">The loss of the checkpoint.</param>
    /// <param name="path">The file; its size is logged if it exists.</param>
    /// <param name="metrics">Further figures.</param>
    public void LogCheckpoint(int epoch, long step, double loss, string path, ReadOnlySpan<Metric> metrics = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (LogSaved(epoch, step, loss, path, metrics) is { } seconds)
        {
            _activities.Checkpoint(seconds, epoch, step, loss, path);
        }
    }

    /// <summary>Logs a saved checkpoint, and returns its duration in seconds; null after the end of the run.</summary>
    private double? LogSaved(int epoch, long step, double loss, string path, ReadOnlySpan<Metric> metrics)
    {
        if (IsLate(nameof(LogCheckpoint), step))
        {
            return null;
        }

        double seconds;
        long? size = SizeOf(path);
        CatchUpWithGradients();
        lock (_gate)
        {
            seconds = _clock.Pause(Stopwatch.GetTimestamp(), step);
        }

        long nonFinite = Interlocked.Exchange(ref _nonFiniteSteps, 0);
        long damaging = Interlocked.Read(ref _damagingSteps);
        if (nonFinite > 0 || damaging > 0)
        {
            _progress.CheckpointFlagged(Math.Max(nonFinite, damaging), damaging > 0 ? DamagedConsequence : SkippedConsequence, epoch, step, loss, path, size, metrics);
        }
        else
        {
            _progress.CheckpointSaved(epoch, step, loss, path, size, metrics);
        }

        return seconds;
    }

    private static long? SizeOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? file.Length : null;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // An invalid path, or the file was just deleted: the checkpoint is logged anyway.
            return null;
        }
    }

    private static double Find(ReadOnlySpan<Metric> metrics, string name)
    {
        foreach (ref readonly Metric metric in metrics)
        {
            if (metric.Name == name)
            {
                return metric.Value;
            }
        }

        throw new ArgumentException(
            $"The metrics of the validation lack '{name}', which TrainingRunOptions.BestMetric names; log it with each validation, or leave BestMetric null to compare losses.",
            nameof(metrics));
    }
}
