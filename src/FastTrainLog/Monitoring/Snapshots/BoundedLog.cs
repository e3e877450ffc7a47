namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The first and the latest entries of a list of any length; those in between are only counted.</summary>
internal sealed class BoundedLog<T>(int kept)
{
    private readonly List<T> _first = [];
    private readonly Queue<T> _latest = new();

    /// <summary>Gets the number of omitted entries between the first and the latest.</summary>
    public long LeftOut { get; private set; }

    public void Add(T entry)
    {
        if (_first.Count < kept / 2)
        {
            _first.Add(entry);
            return;
        }

        if (_latest.Count == kept / 2)
        {
            _latest.Dequeue();
            LeftOut++;
        }

        _latest.Enqueue(entry);
    }

    public IReadOnlyList<T> ToList() => [.. _first, .. _latest];
}
