using FastTrainLog.Analysis.Collecting;

namespace FastTrainLog.Indexing;

/// <summary>Which ranges of lines may hold a record that is looked for.</summary>
/// <param name="IsKind">Whether a record of a kind may be one.</param>
/// <param name="IsOfRun">Whether a record of a run may be one.</param>
internal sealed record LineSelection(Func<LineKind, bool> IsKind, Func<RunName, bool> IsOfRun)
{
    /// <summary>Gets the selection of no record: only what an index does not know is read.</summary>
    public static LineSelection None { get; } = new(static _ => false, static _ => false);

    /// <summary>Gets the first step; null if records without a step are looked for too.</summary>
    public long? FirstStep { get; init; }

    /// <summary>Gets the last step; null if records without a step are looked for too.</summary>
    public long? LastStep { get; init; }

    /// <summary>Gets the earliest time, in ticks of UTC.</summary>
    public long FirstTicks { get; init; } = long.MinValue;

    /// <summary>Gets the latest time.</summary>
    public long LastTicks { get; init; } = long.MaxValue;
}
