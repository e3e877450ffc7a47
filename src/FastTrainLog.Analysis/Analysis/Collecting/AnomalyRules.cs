namespace FastTrainLog.Analysis.Collecting;

/// <summary>The definition of anomalies: the kinds, their thresholds, and the rules as text. docs/analysis.md explains each.</summary>
internal static class AnomalyRules
{
    public const string LossSpike = "loss_spike";
    public const string NormSpike = "norm_spike";
    public const string NonFiniteLoss = "non_finite_loss";
    public const string Divergence = "divergence";
    public const string Plateau = "plateau";
    public const string Stall = "stall";

    /// <summary>The number of previous steps with which a spike is compared.</summary>
    public const int Window = 100;

    /// <summary>The minimum number of previous steps.</summary>
    public const int FewestInWindow = 20;

    /// <summary>The minimum robust z-score of a spike.</summary>
    public const double SpikeScore = 10.0;

    /// <summary>The minimum factor of a spike over the median.</summary>
    public const double SpikeFactor = 2.0;

    /// <summary>The minimum rise of the smoothed loss in a divergence, as a share of its best value.</summary>
    public const double DivergenceRise = 0.5;

    /// <summary>The minimum rise in a divergence as a share of the total decrease of the loss so far.</summary>
    public const double DivergenceShare = 0.1;

    /// <summary>The minimum number of steps of a divergence.</summary>
    public const int DivergenceSteps = 50;

    /// <summary>The share by which the smoothed loss must fall for it not to be a plateau.</summary>
    public const double PlateauFall = 0.01;

    /// <summary>The minimum number of steps of a plateau.</summary>
    public const int PlateauSteps = 200;

    /// <summary>The minimum length of a plateau, as a share of the run's steps.</summary>
    public const double PlateauShare = 0.1;

    /// <summary>The minimum duration of a stall, as a factor of the median time between steps.</summary>
    public const double StallFactor = 10.0;

    /// <summary>The minimum duration of a stall in seconds.</summary>
    public const double StallSeconds = 1.0;

    public static IReadOnlyDictionary<string, string> InWords { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [LossSpike] = "the loss is at least 10 robust standard deviations (1.4826 MAD) above the median of the 100 steps before, and at least twice that median",
        [NormSpike] = "the gradient norm is at least 10 robust standard deviations (1.4826 MAD) above the median of the 100 steps before, and at least twice that median",
        [NonFiniteLoss] = "the loss is NaN or infinite",
        [Divergence] = "for 50 steps the smoothed loss is at least half above its best, and has lost at least a tenth of what was learned",
        [Plateau] = "the smoothed loss does not fall 1 % below its best for a tenth of the run, and for at least 200 steps",
        [Stall] = "the time between two steps, without the operations logged in it and pauses by command, is at least 1 s and 10 times the median of the 100 before",
    };
}
