namespace FastTrainLog.Gradients;

/// <summary>Thrown for a step with a NaN or an infinity when the policy is <see cref="NonFinitePolicy.Throw"/>.</summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    /// <summary>Initializes a new instance of the <see cref="NonFiniteGradientException"/> class.</summary>
    /// <param name="statistics">What was measured; its <see cref="GradientStatistics.FirstNonFinite"/> names the layer.</param>
    public NonFiniteGradientException(in GradientStatistics statistics)
        : base(
            Finding(statistics) + " Lower the learning rate or the loss scale, or choose " +
            $"{nameof(NonFinitePolicy)}.{nameof(NonFinitePolicy.Skip)} to leave such steps out.")
        => Statistics = statistics;

    /// <summary>Gets what was measured on the step; where a device has overwritten that before it could be read, what it measured on its newest step, which may be finite.</summary>
    public GradientStatistics Statistics { get; }

    private static string Finding(in GradientStatistics statistics) => statistics.FoundInf
        ? $"The gradients of step {statistics.Step} hold {statistics.NaNCount} NaN and {statistics.InfinityCount} infinite elements of " +
            $"{statistics.ElementCount}, first in '{statistics.FirstNonFinite}'."
        : $"The gradients of a step before {statistics.Step} were not finite; the device has overwritten what it found there, so neither step nor layer is known.";
}
