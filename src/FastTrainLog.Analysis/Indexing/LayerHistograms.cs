namespace FastTrainLog.Indexing;

/// <summary>The histograms of a run as a report shows them, in bounded size.</summary>
/// <param name="Layers">The first layers, each with its histograms in the order of steps.</param>
/// <param name="Count">The number of layers that have histograms.</param>
internal sealed record LayerHistograms(IReadOnlyList<(string Layer, IReadOnlyList<IndexedHistogram> Columns)> Layers, int Count)
{
    /// <summary>The number of layers that are shown.</summary>
    public const int MostLayers = 32;

    /// <summary>The number of columns of each.</summary>
    public const int MostColumns = 128;

    /// <summary>Gets those of a run that has none.</summary>
    public static LayerHistograms None { get; } = new([], 0);
}
