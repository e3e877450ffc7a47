namespace FastTrainLog.Gradients;

/// <summary>The two passes over a list of gradients: read, and write where something is to change.</summary>
internal interface IGradientPasses
{
    /// <summary>Gets each layer's statistics as the last read left them; their coefficients may be set before the write.</summary>
    LayerStatistics[] Layers { get; }

    /// <summary>Measures the gradients.</summary>
    /// <param name="inverseScale">The factor on the magnitudes of the layers' statistics.</param>
    /// <param name="firstNonFinite">The first layer with a non-finite element, or −1.</param>
    /// <returns>The sum over all layers, before the factor.</returns>
    Partial Read(double inverseScale, out int firstNonFinite);

    /// <summary>Rewrites the gradients that the last read saw.</summary>
    /// <param name="rewrite">What to do to each element; the factor is multiplied by the layer's coefficient.</param>
    void Write(in Rewrite rewrite);
}
