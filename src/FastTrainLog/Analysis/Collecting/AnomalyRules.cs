namespace FastTrainLog.Analysis.Collecting;

/// <summary>What counts as out of the ordinary: the kinds, their thresholds, and the rules in words. docs/analysis.md explains each.</summary>
internal static class AnomalyRules
{
    public const string LossSpike = "loss_spike";
    public const string NormSpike = "norm_spike";
    public const string NonFiniteLoss = "non_finite_loss";
    public const string Divergence = "divergence";
    public const string Plateau = "plateau";
    public const string Stall = "stall";

    /// <summary>The steps that a spike is measured against.</summary>
    public const int Window = 100;

    /// <summary>The fewest that are needed.</summary>
    public const int FewestInWindow = 20;

    /// <summary>The robust z-score of a spike.</summary>
    public const double SpikeScore = 10.0;

    /// <summary>How many times the median a spike is, at least.</summary>
    public const double SpikeFactor = 2.0;

    /// <summary>The share of the best smoothed loss by which it must rise to diverge.</summary>
    public const double DivergenceRise = 0.5;

    /// <summary>The share of all that was learned which must be lost again.</summary>
    public const double DivergenceShare = 0.1;

    /// <summary>The steps that it must last.</summary>
    public const int DivergenceSteps = 50;

    /// <summary>The share by which the smoothed loss must fall, so that it is no plateau.</summary>
    public const double PlateauFall = 0.01;

    /// <summary>The fewest steps of a plateau.</summary>
    public const int PlateauSteps = 200;

    /// <summary>The share of the run's steps that a plateau lasts, at least.</summary>
    public const double PlateauShare = 0.1;

    /// <summary>How many times the median time between steps a stall lasts, at least.</summary>
    public const double StallFactor = 10.0;

    /// <summary>The seconds that a stall lasts, at least.</summary>
    public const double StallSeconds = 1.0;

    public static IReadOnlyDictionary<string, string> InWords { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [LossSpike] = "the loss is at least 10 robust standard deviations (1.4826 MAD) above the median of the 100 steps before, and at least twice that median",
        [NormSpike] = "the gradient norm is at least 10 robust standard deviations (1.4826 MAD) above the median of the 100 steps before, and at least twice that median",
        [NonFiniteLoss] = "the loss is NaN or infinite",
        [Divergence] = "for 50 steps the smoothed loss is at least half above its best, and has lost at least a tenth of what was learned",
        [Plateau] = "the smoothed loss does not fall 1 % below its best for a tenth of the run, and for at least 200 steps",
        [Stall] = "the time between two steps, without the operations logged in it, is at least 1 s and 10 times the median of the 100 before",
    };
}
