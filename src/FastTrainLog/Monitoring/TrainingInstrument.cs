namespace FastTrainLog.Monitoring;

/// <summary>A metric of a run, by whichever process it is published: the one that trains, or one that reads its log.</summary>
/// <param name="Name">The name of the instrument.</param>
/// <param name="Unit">Its unit, in the notation of UCUM.</param>
/// <param name="Kind">How its values follow each other.</param>
/// <param name="Description">What it measures.</param>
internal sealed record TrainingInstrument(string Name, string Unit, InstrumentKind Kind, string Description)
{
    public static readonly TrainingInstrument Loss = new("fasttrainlog.training.loss", "1", InstrumentKind.Gauge, "The loss of the last step.");
    public static readonly TrainingInstrument LearningRate = new("fasttrainlog.training.learning_rate", "1", InstrumentKind.Gauge, "The learning rate of the last step.");
    public static readonly TrainingInstrument GradientNorm = new("fasttrainlog.training.gradient_norm", "1", InstrumentKind.Gauge, "The norm of the latest gradients, before they were clipped.");
    public static readonly TrainingInstrument Throughput = new("fasttrainlog.training.throughput", "{sample}/s", InstrumentKind.Gauge, "The samples of the last step over its time.");
    public static readonly TrainingInstrument ValidationLoss = new("fasttrainlog.training.validation_loss", "1", InstrumentKind.Gauge, "The loss of the last validation.");
    public static readonly TrainingInstrument Steps = new("fasttrainlog.training.steps", "{step}", InstrumentKind.Counter, "Steps that were taken.");
    public static readonly TrainingInstrument ClippedSteps = new("fasttrainlog.training.clipped_steps", "{step}", InstrumentKind.Counter, "Steps whose gradients were clipped.");
    public static readonly TrainingInstrument SkippedSteps = new("fasttrainlog.training.skipped_steps", "{step}", InstrumentKind.Counter, "Steps whose gradients were not finite and kept out of the model.");
    public static readonly TrainingInstrument StepDuration = new("fasttrainlog.training.step.duration", "s", InstrumentKind.Histogram, "The time of a step, without pauses for validations and checkpoints.");
    public static readonly TrainingInstrument Eta = new("fasttrainlog.training.eta", "s", InstrumentKind.Gauge, "The time until the planned end of the run, as it estimated it with its last step.");

    /// <summary>Gets the bounds of the buckets of <see cref="StepDuration"/>, in seconds; what is above the last one has a bucket of its own.</summary>
    public static ReadOnlySpan<double> StepDurationBounds => [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
}
