namespace FastTrainLog.Gradients;

/// <summary>The difference of a list of gradients from the previous one.</summary>
internal enum ListChange
{
    /// <summary>No difference.</summary>
    None,

    /// <summary>Some gradients have other addresses.</summary>
    Addresses,

    /// <summary>A number, length, type, name or device differs, or other gradients share memory.</summary>
    Shape,
}
