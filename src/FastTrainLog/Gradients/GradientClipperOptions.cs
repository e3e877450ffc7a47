namespace FastTrainLog.Gradients;

/// <summary>The settings of a <see cref="GradientClipper"/>.</summary>
public sealed record GradientClipperOptions
{
    /// <summary>The largest number of threads that can be asked for.</summary>
    public const int MaximumThreads = 256;

    /// <summary>Gets the limit; <see cref="GradientLimit.None"/>, which only measures, when not set.</summary>
    public GradientLimit Limit { get; init; } = GradientLimit.None;

    /// <summary>Gets what is done with a step that holds a NaN or an infinity; <see cref="NonFinitePolicy.Skip"/> when not set.</summary>
    public NonFinitePolicy NonFinite { get; init; } = NonFinitePolicy.Skip;

    /// <summary>
    /// Gets how many threads, the caller's included, work on large lists in host memory; 0, the default, takes one for each processor, 16
    /// at most, since fewer exhaust the bandwidth of the memory. Results do not depend on it, to the last bit.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Gets every how many steps histograms of the layers' magnitudes are taken, in a pass of their own before the gradients are
    /// clipped: the steps whose number it divides. 0, the default, is never. A run that follows the clipper logs them.
    /// </summary>
    public int HistogramEvery { get; init; }

    /// <summary>
    /// Gets every how many steps a run that follows the clipper logs each layer's norm, maximum and counts: the steps whose number it divides.
    /// 0, the default, is never.
    /// </summary>
    public int LayersEvery { get; init; }

    internal void Validate()
    {
        if (Limit is null)
        {
            throw new ArgumentNullException(nameof(Limit), "Limit is null. To measure without a limit use GradientLimit.None.");
        }

        if (!Enum.IsDefined(NonFinite))
        {
            throw new ArgumentOutOfRangeException(
                nameof(NonFinite), NonFinite, "NonFinite must be one of Skip, Sanitize, Report and Throw.");
        }

        if (HistogramEvery < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(HistogramEvery), HistogramEvery, "HistogramEvery must be 0 for never, or the number of steps between histograms.");
        }

        if (LayersEvery < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(LayersEvery), LayersEvery, "LayersEvery must be 0 for never, or the number of steps between records of the layers.");
        }

        if (Threads is < 0 or > MaximumThreads)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Threads), Threads, $"Threads must lie between 1 and {MaximumThreads}, or be 0 for one for each processor.");
        }
    }
}
