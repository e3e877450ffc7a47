using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The record of a training step, as defined by <see cref="TrainingPhases.StepOf"/>.</summary>
internal readonly ref struct StepFields
{
    // In the order of the file, in which each is found immediately.
    private static readonly FieldNames Numbers = new("Progress", "Loss", "LearningRate", "Accuracy", "GradientNorm", "StabilityScore", "ClippingRatio", "Throughput", "StepSeconds");

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

    private static StepFields Read(in StoredRecord record, long step)
    {
        int[] places = record.PlacesOf(Numbers);
        return new()
        {
            IsStep = true,
            Record = record,
            Time = record.Time,
            Step = step,
            Progress = record.NumberAt(places[0]),
            Loss = record.NumberAt(places[1]),
            LearningRate = record.NumberAt(places[2]),
            Eta = record.TryGet("Eta"u8, out StoredField eta) && eta.TryGetTimeSpan(out TimeSpan span) ? span : null,
            Accuracy = record.NumberAt(places[3]),
            GradientNorm = record.NumberAt(places[4]),
            StabilityScore = record.NumberAt(places[5]),
            ClippingRatio = record.NumberAt(places[6]),
            Throughput = record.NumberAt(places[7]),
            Seconds = record.NumberAt(places[8]),
        };
    }
}
