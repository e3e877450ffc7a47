using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The record of a training step, as defined by <see cref="TrainingPhases.StepOf"/>.</summary>
internal readonly ref struct StepFields
{
    /// <summary>Gets whether the record is that of a training step.</summary>
    public bool IsStep { get; private init; }

    public StoredRecord Record { get; private init; }

    public DateTime Time { get; private init; }

    public long Step { get; private init; }

    public double? Progress { get; private init; }

    public double? Loss { get; private init; }

    public double? LearningRate { get; private init; }

    public TimeSpan? Eta { get; private init; }

    public double? Accuracy { get; private init; }

    public double? GradientNorm { get; private init; }

    public double? StabilityScore { get; private init; }

    public double? ClippingRatio { get; private init; }

    public double? Throughput { get; private init; }

    public double? Seconds { get; private init; }

    /// <summary>Reads the record of a training step; of another record, fields that are no step's.</summary>
    public static StepFields Of(in StoredRecord record) => record.TrainingStep is { } step ? Read(record, step) : default;

    // In the order of the file, in which each member is found immediately.
    private static StepFields Read(in StoredRecord record, long step) => new()
    {
        IsStep = true,
        Record = record,
        Time = record.Time,
        Step = step,
        Progress = record.GetDouble("Progress"u8),
        Loss = record.GetDouble("Loss"u8),
        LearningRate = record.GetDouble("LearningRate"u8),
        Eta = record.TryGet("Eta"u8, out StoredField eta) && eta.TryGetTimeSpan(out TimeSpan span) ? span : null,
        Accuracy = record.GetDouble("Accuracy"u8),
        GradientNorm = record.GetDouble("GradientNorm"u8),
        StabilityScore = record.GetDouble("StabilityScore"u8),
        ClippingRatio = record.GetDouble("ClippingRatio"u8),
        Throughput = record.GetDouble("Throughput"u8),
        Seconds = record.GetDouble("StepSeconds"u8),
    };
}
