namespace FastTrainLog.Gradients;

/// <summary>A moment in a clipper's life, taken with <see cref="GradientClipper.Mark"/>, that a checkpoint guard asks about later.</summary>
/// <param name="NonFiniteSteps">How many non-finite steps the clipper had seen at that moment.</param>
public readonly record struct GradientMark(long NonFiniteSteps);
