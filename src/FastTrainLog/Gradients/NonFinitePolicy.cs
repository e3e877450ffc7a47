namespace FastTrainLog.Gradients;

/// <summary>What a clipper does with a step whose gradients contain a NaN or an infinity.</summary>
/// <remarks>
/// With every policy, the step is counted, its first non-finite layer is named and <see cref="GradientStatistics.FoundInf"/> is set, so that
/// the caller can skip the optimiser's step as PyTorch's <c>GradScaler</c> does.
/// </remarks>
public enum NonFinitePolicy
{
    /// <summary>Sets every gradient of the step to zero, so that no parameter becomes non-finite.</summary>
    Skip,

    /// <summary>Sets the non-finite elements to zero and clips the others by the norm of the finite elements.</summary>
    Sanitize,

    /// <summary>Writes nothing: the gradients stay as they are, neither clipped nor unscaled.</summary>
    Report,

    /// <summary>
    /// Writes nothing and throws <see cref="NonFiniteGradientException"/>; on CUDA the exception comes when the statistics of the step
    /// are read, some steps later, because the training thread does not wait.
    /// </summary>
    Throw,
}
