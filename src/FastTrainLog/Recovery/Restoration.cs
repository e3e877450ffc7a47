namespace FastTrainLog.Recovery;

/// <summary>How the records of a journal are restored to a file.</summary>
/// <param name="Refusal">The reason why they are not; null if they are.</param>
/// <param name="Written">The parts in which existing records are searched, the oldest first; null if it is truncated to the last checkpoint instead.</param>
internal sealed record Restoration(string? Refusal, IReadOnlyList<WrittenPart>? Written)
{
    /// <summary>Gets whether the file is truncated, and all records are added.</summary>
    public bool CutsBack => Refusal is null && Written is null;
}
