namespace FastTrainLog.Gradients.Cuda;

/// <summary>The data about a tensor list that the host keeps until the last record of a step with that list has been read.</summary>
/// <param name="Id">The number of the list in records.</param>
/// <param name="Names">The layers' names.</param>
/// <param name="Counts">Their element counts.</param>
/// <param name="ElementCount">The sum of the counts.</param>
internal sealed record TensorList(ulong Id, string[] Names, long[] Counts, long ElementCount)
{
    /// <summary>Gets or sets a value indicating whether a captured graph may use the list again at any time.</summary>
    public bool Captured { get; set; }
}
