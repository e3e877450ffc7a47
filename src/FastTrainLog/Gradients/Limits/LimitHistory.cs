namespace FastTrainLog.Gradients;

/// <summary>Applies a limit step by step, keeping what an adaptive one remembers.</summary>
internal abstract class LimitHistory
{
    public static LimitHistory Of(GradientLimit limit) => limit switch
    {
        AutoClipLimit autoClip => new AutoClipHistory(autoClip),
        ZClipLimit zClip => new ZClipHistory(zClip),
        AdaGCLimit adaGC => new AdaGCHistory(adaGC),
        _ => new FixedLimit(limit),
    };

    /// <summary>Decides on one step.</summary>
    /// <param name="norm">The L2 norm of the finite elements.</param>
    /// <param name="absoluteMaximum">The largest finite magnitude.</param>
    /// <param name="layers">The layers' statistics; a limit by layer writes their coefficients.</param>
    /// <param name="remember">Whether the step enters the history; false for one with a non-finite element.</param>
    /// <returns>What the limit asks for.</returns>
    public abstract LimitDecision Decide(double norm, double absoluteMaximum, Span<LayerStatistics> layers, bool remember);

    private sealed class FixedLimit(GradientLimit limit) : LimitHistory
    {
        public override LimitDecision Decide(double norm, double absoluteMaximum, Span<LayerStatistics> layers, bool remember)
            => limit switch
            {
                L2NormLimit l2 => LimitDecision.Hold(norm, l2.Maximum),
                InfinityNormLimit infinity => LimitDecision.Hold(absoluteMaximum, infinity.Maximum),
                ValueLimit value => new(value.Maximum, 1.0, absoluteMaximum > value.Maximum ? value.Maximum : double.PositiveInfinity),
                _ => LimitDecision.None,
            };
    }
}
