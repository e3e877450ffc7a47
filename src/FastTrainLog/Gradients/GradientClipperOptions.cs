namespace FastTrainLog.Gradients;

/// <summary>The settings of a <see cref="GradientClipper"/>.</summary>
public sealed record GradientClipperOptions
{
    /// <summary>The largest number of threads that can be set.</summary>
    public const int MaximumThreads = 256;

    /// <summary>Gets the limit; <see cref="GradientLimit.None"/>, which only measures, when not set.</summary>
    public GradientLimit Limit { get; init; } = GradientLimit.None;

    /// <summary>Gets what is done with a step that contains a NaN or an infinity; <see cref="NonFinitePolicy.Skip"/> when not set.</summary>
    public NonFinitePolicy NonFinite { get; init; } = NonFinitePolicy.Skip;

    /// <summary>
    /// Gets how many threads, including the caller's, work on large lists in host memory; 0, the default, uses one for each processor, 16
    /// at most, because these saturate the memory bandwidth. Results are bit-identical for any number.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Gets the interval in steps of histograms of the layers' magnitudes, which take a separate pass before the gradients are
    /// clipped, in steps whose number is a multiple of it. 0, the default, is never. A run that follows the clipper logs them.
    /// </summary>
    public int HistogramEvery { get; init; }

    /// <summary>
    /// Gets the interval in steps at which a run that follows the clipper logs each layer's norm, maximum and counts: steps whose number is a multiple of it.
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
                nameof(Threads), Threads, $"Threads must be between 1 and {MaximumThreads}, or be 0 for one for each processor.");
        }
    }
}
