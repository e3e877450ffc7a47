namespace FastTrainLog.Gradients;

/// <summary>Applies a limit step by step and keeps the history of an adaptive one.</summary>
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
    /// <param name="remember">Whether the step is added to the history; false for one with a non-finite element.</param>
    /// <returns>The decision.</returns>
    public abstract LimitDecision Decide(double norm, double absoluteMaximum, Span<LayerStatistics> layers, bool remember);

    /// <summary>Returns the history; a limit without a history returns only its kind.</summary>
    public abstract LimitState Save();

    /// <summary>Replaces the history by the saved one of a limit of the same kind.</summary>
    /// <param name="state">The saved history, which must be valid.</param>
    public abstract void Load(LimitState state);

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

        public override LimitState Save() => new() { Kind = LimitState.KindOf(limit) };

        public override void Load(LimitState state)
        {
        }
    }
}
