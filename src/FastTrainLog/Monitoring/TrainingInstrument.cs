namespace FastTrainLog.Monitoring;

/// <summary>A metric of a run, by whichever process it is published: the one that trains, or one that reads its log.</summary>
/// <param name="Name">The name of the instrument.</param>
/// <param name="Unit">Its unit, in the notation of UCUM.</param>
/// <param name="Description">What it measures.</param>
internal sealed record TrainingInstrument(string Name, string Unit, string Description)
{
    public static readonly TrainingInstrument Loss = new("fasttrainlog.training.loss", "1", "The loss of the last step.");
    public static readonly TrainingInstrument LearningRate = new("fasttrainlog.training.learning_rate", "1", "The learning rate of the last step.");
    public static readonly TrainingInstrument GradientNorm = new("fasttrainlog.training.gradient_norm", "1", "The norm of the latest gradients, before they were clipped.");
    public static readonly TrainingInstrument Throughput = new("fasttrainlog.training.throughput", "{sample}/s", "The samples of the last step over its time.");
    public static readonly TrainingInstrument ValidationLoss = new("fasttrainlog.training.validation_loss", "1", "The loss of the last validation.");
    public static readonly TrainingInstrument Steps = new("fasttrainlog.training.steps", "{step}", "Steps that were taken.");
}
