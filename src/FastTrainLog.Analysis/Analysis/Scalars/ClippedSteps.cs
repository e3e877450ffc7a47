using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Scalars;

/// <summary>Finds which steps had their gradients clipped. Add the records of one process of a run, in the order of the log. Not thread-safe.</summary>
/// <remarks>
/// A step has the share of steps that its clipper has clipped so far. That is greater than before after a step that was clipped, and less after one that was not; only
/// where it is 0 or 1 it stays.
/// </remarks>
internal sealed class ClippedSteps
{
    private double? _share;

    /// <summary>Returns whether the step of a record was clipped; null if the record does not say so, or is the first one and leaves it open.</summary>
    public bool? Read(in StoredRecord record)
    {
        bool isMeasured = record.TrainingStep is not null || record.TrainingEvent == TrainingEvents.Gradients;
        if (!isMeasured || record.GetDouble("ClippingRatio"u8) is not { } share || double.IsNaN(share))
        {
            return null;
        }

        bool? isClipped = share == 1.0 ? true : share == 0.0 ? false : _share is { } before ? share > before : null;
        _share = share;
        return isClipped;
    }

    /// <summary>Serialises the state that is kept from one record to the next.</summary>
    public void Carry(StateCodec codec) => codec.Value(ref _share);
}
