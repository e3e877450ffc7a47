namespace FastTrainLog.Indexing;

/// <summary>A transaction that writes an index; rolled back if it is not committed.</summary>
internal readonly struct IndexWrite(IndexStore store) : IDisposable
{
    /// <summary>Commits the transaction.</summary>
    public void Commit() => store.End(commit: true);

    public void Dispose() => store.End(commit: false);
}
