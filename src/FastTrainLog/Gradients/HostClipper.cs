using System.Runtime.CompilerServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// Clips gradients whose statistics are available when the read pass returns: gradients in host memory, and gradients on a device through torch's operators.
/// Decides on each step, and keeps the history of the limit, the counters and the stability score.
/// </summary>
/// <remarks>One thread at a time; the counters may be read from any thread.</remarks>
internal sealed class HostClipper
{
    private const int DefaultThreads = 16;

    private readonly GradientClipperOptions _options;
    private readonly LimitHistory _limit;
    private readonly CpuEngine _engine;
    private IGradientPasses? _passes;
    private StabilityScore _stability;
    private double _stabilityScore = 1.0;
    private long _steps;
    private long _clippedSteps;
    private long _nonFiniteSteps;

    public HostClipper(GradientClipperOptions options, SimdLevel level)
    {
        _options = options;
        _limit = LimitHistory.Of(options.Limit);
        _engine = new CpuEngine(options.Threads == 0 ? Math.Min(Environment.ProcessorCount, DefaultThreads) : options.Threads, level);
    }

    public long Steps => Volatile.Read(ref _steps);

    public long ClippedSteps => Volatile.Read(ref _clippedSteps);

    public long NonFiniteSteps => Volatile.Read(ref _nonFiniteSteps);

    /// <summary>Gets the statistics of each buffer in the last call.</summary>
    public ReadOnlySpan<LayerStatistics> Layers => _passes is IGradientPasses passes ? passes.Layers : [];

    /// <summary>Gets a value indicating whether the last call was a step for histograms.</summary>
    public bool HasHistograms { get; private set; }

    /// <summary>Returns the state that it keeps from step to step.</summary>
    public GradientClipperState Save() => new()
    {
        Format = GradientClipperState.FormatName,
        Version = GradientClipperState.NewestVersion,
        Steps = _steps,
        ClippedSteps = _clippedSteps,
        NonFiniteSteps = _nonFiniteSteps,
        Stability = _stability.State,
        Limit = _limit.Save(),
    };

    /// <summary>Replaces the state by a saved one.</summary>
    public void Load(GradientClipperState state)
    {
        _limit.Load(state.Limit);
        _stability.State = state.Stability;
        _stabilityScore = state.Stability.Steps == 0 ? 1.0 : state.Stability.Score;
        Volatile.Write(ref _steps, state.Steps);
        Volatile.Write(ref _clippedSteps, state.ClippedSteps);
        Volatile.Write(ref _nonFiniteSteps, state.NonFiniteSteps);
    }

    public ReadOnlySpan<long> HistogramOf(int layer) => _engine.HistogramOf(layer);

    /// <summary>Measures and limits gradients in host memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public GradientStatistics Clip(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale)
    {
        _engine.Use(gradients);
        return ClipBy(_engine, step, inverseScale);
    }

    /// <summary>Measures gradients in host memory and changes nothing: neither them nor the state.</summary>
    public GradientStatistics Measure(ReadOnlySpan<GradientBuffer> gradients, long step, double inverseScale)
    {
        _engine.Use(gradients);
        Partial total = _engine.Read(inverseScale, out int firstNonFinite);
        (_passes, HasHistograms) = (_engine, false);
        return Describe(_engine.Layers, total, step, total.Norm(inverseScale), total.Largest(inverseScale), firstNonFinite) with
        {
            Threshold = double.PositiveInfinity,
            Coefficient = 1.0,
        };
    }

    /// <summary>Measures and limits gradients that passes can read and write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public GradientStatistics ClipBy(IGradientPasses passes, long step, double inverseScale)
    {
        _passes = passes;
        Partial total = passes.Read(inverseScale, out int firstNonFinite);
        LayerStatistics[] layers = passes.Layers;
        HasHistograms = passes == _engine && _options.HistogramEvery != 0 && step % _options.HistogramEvery == 0;
        if (HasHistograms)
        {
            _engine.TakeHistograms(inverseScale);
        }

        double norm = total.Norm(inverseScale);
        double absoluteMaximum = total.Largest(inverseScale);
        LimitDecision decision = _limit.Decide(norm, absoluteMaximum, layers, remember: total.Finite);
        if (!decision.ByLayer && !decision.Scale.IsOne)
        {
            ScaleAll(layers, decision.Scale);
        }

        // A factor above 1, which only an inverse scale can cause, may exceed the range of the element type.
        int firstOverflow = inverseScale > 1.0 ? FirstOverflow(layers, inverseScale, decision.ClampAt) : -1;
        bool nonFinite = !total.Finite || firstOverflow >= 0;
        if (firstOverflow >= 0 && (firstNonFinite < 0 || firstOverflow < firstNonFinite))
        {
            firstNonFinite = firstOverflow;
        }

        GradientAction action = ActionFor(nonFinite, decision);
        if ((action & (GradientAction.Skipped | GradientAction.Reported)) != 0)
        {
            decision = decision with { Scale = (action & GradientAction.Skipped) != 0 ? 0.0 : 1.0, ByLayer = false };
            ScaleAll(layers, decision.Scale);
        }

        if ((action & GradientAction.Reported) == 0)
        {
            Write(passes, decision, action, inverseScale);
        }

        _stabilityScore = _stability.Update(norm, nonFinite);
        Volatile.Write(ref _steps, _steps + 1);
        Volatile.Write(ref _clippedSteps, _clippedSteps + ((action & GradientAction.Clipped) != 0 ? 1 : 0));
        Volatile.Write(ref _nonFiniteSteps, _nonFiniteSteps + (nonFinite ? 1 : 0));

        return Describe(layers, total, step, norm, absoluteMaximum, firstNonFinite) with
        {
            Threshold = decision.Threshold,
            Coefficient = decision.Scale.Nearest,
            Action = firstOverflow < 0 ? action : action | GradientAction.Overflowed,
        };
    }

    private static int FirstOverflow(LayerStatistics[] layers, double inverseScale, double clampAt)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].Overflows(inverseScale, clampAt))
            {
                return i;
            }
        }

        return -1;
    }

    private GradientAction ActionFor(bool nonFinite, in LimitDecision decision)
    {
        GradientAction clipped = decision.Exceeded ? GradientAction.Clipped : GradientAction.None;
        return !nonFinite ? clipped : _options.NonFinite switch
        {
            NonFinitePolicy.Skip => GradientAction.Skipped,
            NonFinitePolicy.Sanitize => GradientAction.Sanitized | clipped,
            _ => GradientAction.Reported,
        };
    }

    private static void Write(IGradientPasses passes, in LimitDecision decision, GradientAction action, double inverseScale)
    {
        var rewrite = new Rewrite(
            inverseScale, decision.ClampAt, (action & GradientAction.Sanitized) != 0, (action & GradientAction.Skipped) != 0);
        if (decision.Exceeded || !rewrite.ChangesNothing)
        {
            passes.Write(rewrite);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleAll(LayerStatistics[] layers, ScaleFactor factor)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = layers[i].ScaledBy(factor);
        }
    }

    private GradientStatistics Describe(
        LayerStatistics[] layers, in Partial total, long step, double norm, double absoluteMaximum, int firstNonFinite) => new()
        {
            Step = step,
            LayerCount = layers.Length,
            ElementCount = total.Elements,
            Norm = norm,
            AbsoluteMaximum = absoluteMaximum,
            NaNCount = total.NaNs,
            InfinityCount = total.Infinities,
            ZeroCount = total.Zeros,
            FirstNonFiniteIndex = firstNonFinite,
            FirstNonFinite = firstNonFinite < 0 ? null : layers[firstNonFinite].Name,
            FirstNonFiniteElementCount = firstNonFinite < 0 ? 0 : layers[firstNonFinite].ElementCount,
            FirstNonFiniteNaNCount = firstNonFinite < 0 ? 0 : layers[firstNonFinite].NaNCount,
            FirstNonFiniteInfinityCount = firstNonFinite < 0 ? 0 : layers[firstNonFinite].InfinityCount,
            StabilityScore = _stabilityScore,
            ClippingRatio = _steps == 0 ? 0.0 : (double)_clippedSteps / _steps,
        };
}
