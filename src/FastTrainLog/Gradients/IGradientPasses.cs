namespace FastTrainLog.Gradients;

/// <summary>The two passes over a list of gradients: read, and write if something is to change.</summary>
internal interface IGradientPasses
{
    /// <summary>Gets each layer's statistics from the last read; their factors may be set before the write.</summary>
    LayerStatistics[] Layers { get; }

    /// <summary>Sets the list of gradients that are read and written from now on.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <exception cref="ArgumentException">A buffer is invalid or partly overlaps another; the message names it.</exception>
    void Use(ReadOnlySpan<GradientBuffer> gradients);

    /// <summary>Measures the gradients.</summary>
    /// <param name="inverseScale">The factor on the magnitudes of the layers' statistics.</param>
    /// <param name="firstNonFinite">The first layer with a non-finite element, or −1.</param>
    /// <returns>The sum over all layers, before the factor.</returns>
    Partial Read(double inverseScale, out int firstNonFinite);

    /// <summary>Rewrites the gradients of the last read.</summary>
    /// <param name="rewrite">What to do to each element; the factor is multiplied by the layer's.</param>
    void Write(in Rewrite rewrite);
}
