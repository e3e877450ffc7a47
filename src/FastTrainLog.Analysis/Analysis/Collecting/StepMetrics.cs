using FastTrainLog.Analysis.Scalars;
using FastTrainLog.Monitoring;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Counts what the meter of a training process counts of its steps, from their records.</summary>
internal sealed class StepMetrics
{
    // What the log calls it when gradients that are not finite were kept out of the model.
    private const string Skipped = "gradient_zeroing";

    private readonly ClippedSteps _clipping = new();
    private readonly long[] _durations = new long[TrainingInstrument.StepDurationBounds.Length + 1];
    private double _seconds;
    private long _clipped;
    private long _skipped;
    private long? _lastClipped;
    private long? _lastSkipped;

    /// <summary>Gets the steps whose gradients were clipped.</summary>
    public long Clipped => _clipped;

    /// <summary>Gets the steps whose gradients were not finite and kept out of the model.</summary>
    public long SkippedSteps => _skipped;

    /// <summary>Gets the durations of the steps; null if none was logged.</summary>
    public DurationCounts? Durations => _durations.Any(static count => count > 0) ? new DurationCounts([.. _durations], _seconds) : null;

    /// <summary>Adds the record of a step.</summary>
    public void AddStep(in StepFields step)
    {
        NoteClipping(step.Record, step.Step);
        if (step.Seconds is { } seconds && double.IsFinite(seconds))
        {
            int bucket = TrainingInstrument.StepDurationBounds.BinarySearch(seconds);
            // A bound is within its bucket.
            _durations[bucket < 0 ? ~bucket : bucket]++;
            _seconds += seconds;
        }
    }

    /// <summary>Adds the record of a step's gradients, or of a numerical issue.</summary>
    public void AddStability(in StoredRecord record)
    {
        if (record.GetInt64("Step"u8) is not { } step)
        {
            return;
        }

        if (record.TrainingEvent == TrainingEvents.Gradients)
        {
            NoteClipping(record, step);
        }
        else if (step != _lastSkipped && record.GetText("RecoveryAction"u8) == Skipped)
        {
            _skipped++;
            _lastSkipped = step;
        }
    }

    /// <summary>Notes that a later process goes on, whose steps may have the numbers of earlier ones.</summary>
    public void BeginSession() => (_lastClipped, _lastSkipped) = (null, null);

    public void Carry(StateCodec codec)
    {
        _clipping.Carry(codec);
        codec.Values(_durations.AsSpan());
        codec.Value(ref _seconds);
        codec.Value(ref _clipped);
        codec.Value(ref _skipped);
        codec.Value(ref _lastClipped);
        codec.Value(ref _lastSkipped);
    }

    // A step may have its share in its own record and in that of its gradients.
    private void NoteClipping(in StoredRecord record, long step)
    {
        if (_clipping.Read(record) == true && step != _lastClipped)
        {
            _clipped++;
            _lastClipped = step;
        }
    }
}
