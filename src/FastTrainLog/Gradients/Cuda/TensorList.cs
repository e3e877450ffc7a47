namespace FastTrainLog.Gradients.Cuda;

/// <summary>What the host must remember of a tensor list until the last record of a step that had it has been read.</summary>
/// <param name="Id">The number by which records name the list.</param>
/// <param name="Names">The layers' names.</param>
/// <param name="Counts">Their element counts.</param>
/// <param name="ElementCount">The sum of the counts.</param>
internal sealed record TensorList(ulong Id, string[] Names, long[] Counts, long ElementCount)
{
    /// <summary>Gets or sets a value indicating whether a captured graph may bring the list back at any time.</summary>
    public bool Captured { get; set; }
}
