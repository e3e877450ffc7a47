namespace FastTrainLog.Gradients;

/// <summary>A moment of a clipper, taken with <see cref="GradientClipper.Mark"/>, to which a checkpoint guard refers later.</summary>
/// <param name="NonFiniteSteps">The number of non-finite steps of the clipper until that moment.</param>
public readonly record struct GradientMark(long NonFiniteSteps);
