namespace FastTrainLog.Gradients;

/// <summary>
/// The size above which a clipper reduces gradients: a closed set of rules, created by the static members of this type.
/// </summary>
/// <remarks>
/// A rule never enlarges a gradient, and if it is not exceeded, nothing is written. Instances are immutable and contain only parameters;
/// the history of an adaptive rule is kept by the clipper.
/// </remarks>
/// <example>
/// <code>
/// var options = new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0), NonFinite = NonFinitePolicy.Skip };
/// </code>
/// </example>
public abstract record GradientLimit
{
    private protected GradientLimit()
    {
    }

    /// <summary>Gets the rule that never reduces anything: use it to measure, or if the optimiser bounds its own updates.</summary>
    public static GradientLimit None { get; } = new NoLimit();

    /// <inheritdoc cref="L2NormLimit"/>
    /// <param name="maximum">The largest L2 norm allowed over all gradients together, above 0 and finite.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0 and finite.</exception>
    public static GradientLimit L2Norm(double maximum) => new L2NormLimit(maximum);

    /// <inheritdoc cref="InfinityNormLimit"/>
    /// <param name="maximum">The largest magnitude allowed for any element, above 0 and finite.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0 and finite.</exception>
    public static GradientLimit InfinityNorm(double maximum) => new InfinityNormLimit(maximum);

    /// <inheritdoc cref="ValueLimit"/>
    /// <param name="maximum">The magnitude to which each element is clamped, above 0 and finite.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0 and finite.</exception>
    public static GradientLimit Value(double maximum) => new ValueLimit(maximum);

    /// <inheritdoc cref="AutoClipLimit"/>
    /// <param name="percentile">The percentile of past norms that becomes the limit, 0 to 100; the paper recommends 10.</param>
    /// <param name="history">The number of norms kept, 2 to 4,096; the paper keeps all.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static GradientLimit AutoClip(double percentile = 10.0, int history = 1024) => new AutoClipLimit(percentile, history);

    /// <inheritdoc cref="ZClipLimit"/>
    /// <param name="zThreshold">The maximum of a norm in standard deviations above the mean, above 0.</param>
    /// <param name="smoothing">The weight of past norms in the moving averages, between 0 and 1, both exclusive.</param>
    /// <param name="warmupSteps">The number of finite steps observed before the rule applies, 2 to 4,096.</param>
    /// <param name="maximum">A fixed maximum of the L2 norm that also applies, from the first step on; positive infinity for none.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static GradientLimit ZClip(
        double zThreshold = 2.5, double smoothing = 0.97, int warmupSteps = 25, double maximum = double.PositiveInfinity)
        => new ZClipLimit(zThreshold, smoothing, warmupSteps, maximum);

    /// <inheritdoc cref="AdaGCLimit"/>
    /// <param name="relative">The maximum of a layer's norm relative to its own average, as a factor of 1 or more.</param>
    /// <param name="absolute">The global L2 norm allowed during the warm-up, above 0 and finite.</param>
    /// <param name="smoothing">The weight of past norms in each layer's average, between 0 and 1, both exclusive.</param>
    /// <param name="warmupSteps">The number of finite steps that are clipped globally before the layers' own averages apply, 1 or more.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public static GradientLimit AdaGC(double relative = 1.04, double absolute = 1.0, double smoothing = 0.99, int warmupSteps = 100)
        => new AdaGCLimit(relative, absolute, smoothing, warmupSteps);

    private protected static double RequirePositive(double value, string setting)
        => value > 0.0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                setting, value, $"{setting} must be above 0 and finite. To measure without a limit use GradientLimit.None.");

    private protected static double RequireFraction(double value, string setting)
        => value > 0.0 && value < 1.0
            ? value
            : throw new ArgumentOutOfRangeException(
                setting, value, $"{setting} must be between 0 and 1, both exclusive: it is the weight of the past in a moving average.");

    private protected static int RequireWithin(int value, int lowest, int highest, string setting)
        => value >= lowest && value <= highest
            ? value
            : throw new ArgumentOutOfRangeException(setting, value, $"{setting} must be between {lowest} and {highest}.");
}
