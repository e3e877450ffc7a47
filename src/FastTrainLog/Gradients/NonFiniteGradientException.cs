namespace FastTrainLog.Gradients;

/// <summary>Thrown for a step with a NaN or an infinity when the policy is <see cref="NonFinitePolicy.Throw"/>.</summary>
public sealed class NonFiniteGradientException : ArithmeticException
{
    /// <summary>Initializes a new instance of the <see cref="NonFiniteGradientException"/> class.</summary>
    /// <param name="statistics">What was measured; its <see cref="GradientStatistics.FirstNonFinite"/> names the layer.</param>
    public NonFiniteGradientException(in GradientStatistics statistics)
        : base(
            Finding(statistics) + " Lower the learning rate or the loss scale, or choose " +
            $"{nameof(NonFinitePolicy)}.{nameof(NonFinitePolicy.Skip)} to skip such steps.")
        => Statistics = statistics;

    /// <summary>Gets the statistics of the step; if a device has overwritten them before they could be read, those of its newest step, which may be finite.</summary>
    public GradientStatistics Statistics { get; }

    private static string Finding(in GradientStatistics statistics)
    {
        if (!statistics.FoundInf)
        {
            return $"The gradients of a step before {statistics.Step} were not finite; the device has overwritten its statistics, so neither step nor layer is known.";
        }

        string found = statistics.NonFiniteCount == 0
            ? "have elements that exceed the range of their type once the loss scale is divided out"
            : $"have {statistics.NaNCount} NaN and {statistics.InfinityCount} infinite elements of {statistics.ElementCount}";
        return $"The gradients of step {statistics.Step} {found}, first in '{statistics.FirstNonFinite}'.";
    }
}
