using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The record of a training step, as defined by <see cref="TrainingPhases.StepOf"/>.</summary>
internal readonly ref struct StepFields
{
    public required StoredRecord Record { get; init; }

    public required DateTime Time { get; init; }

    public required long Step { get; init; }

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

    /// <summary>Returns the number of the training step of a record; null if it is not the record of one.</summary>
    public static long? StepOf(in StoredRecord record) =>
        record.TrainingEvent != TrainingEvents.Step ? null
        : TrainingPhases.StepOf(TrainingEvents.Step, record.GetInt64("Step"u8), !IsOfOtherPhase(record));

    /// <summary>Returns whether the record of a step is of a phase that does not train the model, so that its numbers and loss are not comparable.</summary>
    public static bool IsOfOtherPhase(in StoredRecord record) => record.TryGet("Phase"u8, out StoredField phase) && !phase.Utf8Value.SequenceEqual("training"u8) && !TrainingPhases.Trains(phase.Utf8Value);

    /// <summary>Reads the record of a training step.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(in StoredRecord record, out StepFields fields)
    {
        long? step = StepOf(record);
        fields = step is null ? default : Read(record, step.Value);
        return step is not null;
    }

    // In the order of the file, in which each member is found immediately.
    private static StepFields Read(in StoredRecord record, long step) => new()
    {
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
