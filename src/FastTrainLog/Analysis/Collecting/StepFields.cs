using FastTrainLog.Reading;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The record of a step.</summary>
internal readonly ref struct StepFields
{
    public required StoredRecord Record { get; init; }

    public required DateTime Time { get; init; }

    public required long Step { get; init; }

    public double? Progress { get; private init; }

    public double? Loss { get; private init; }

    public double? LearningRate { get; private init; }

    public TimeSpan? Eta { get; private init; }

    /// <summary>Gets whether the step trained the model: steps of a validation have a loss of their own kind.</summary>
    public bool IsTraining { get; private init; }

    public double? Accuracy { get; private init; }

    public double? GradientNorm { get; private init; }

    public double? StabilityScore { get; private init; }

    public double? ClippingRatio { get; private init; }

    public double? Throughput { get; private init; }

    public double? Seconds { get; private init; }

    // In the order of the file, in which each is found at once.
    public static StepFields Read(in StoredRecord record) => new()
    {
        Record = record,
        Time = record.Time,
        Step = record.GetInt64("Step"u8) ?? 0,
        Progress = record.GetDouble("Progress"u8),
        Loss = record.GetDouble("Loss"u8),
        LearningRate = record.GetDouble("LearningRate"u8),
        Eta = record.TryGet("Eta"u8, out StoredField eta) && eta.TryGetTimeSpan(out TimeSpan span) ? span : null,
        IsTraining = !record.TryGet("Phase"u8, out StoredField phase) || !(phase.Utf8Value.StartsWith("val"u8) || phase.Utf8Value.StartsWith("eval"u8) || phase.Utf8Value.StartsWith("test"u8)),
        Accuracy = record.GetDouble("Accuracy"u8),
        GradientNorm = record.GetDouble("GradientNorm"u8),
        StabilityScore = record.GetDouble("StabilityScore"u8),
        ClippingRatio = record.GetDouble("ClippingRatio"u8),
        Throughput = record.GetDouble("Throughput"u8),
        Seconds = record.GetDouble("StepSeconds"u8),
    };
}
