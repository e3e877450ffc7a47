namespace FastTrainLog.Indexing;

/// <summary>A series or a layer that is added to: by its writer, or, while too many others are open, to those that wait for one.</summary>
/// <remarks>
/// A writer holds the blocks that are not full yet, so few may be open. Were those that have none opened one after the other, a step that has more of them
/// would have each read and written again at each step.
/// </remarks>
/// <param name="writer">The writer; null if too many others are open.</param>
internal sealed class OpenWriter<TWriter, TItem>(TWriter? writer)
    where TWriter : class
{
    public TWriter? Writer => writer;

    public List<TItem> Waiting { get; } = [];
}
