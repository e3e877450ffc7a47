namespace FastTrainLog.Testing;

/// <summary>Keeps the records of a log.</summary>
internal sealed class RecordList : ILogSink
{
    private readonly Lock _gate = new();
    private readonly List<InMemoryRecord> _records = [];
    private readonly LogRecordCopy _copy = new();

    public void Write(in LogRecord record)
    {
        _copy.CopyFrom(record);
        var kept = new InMemoryRecord(_copy);
        lock (_gate)
        {
            _records.Add(kept);
        }
    }

    public IReadOnlyList<InMemoryRecord> Copy()
    {
        lock (_gate)
        {
            return [.. _records];
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _records.Clear();
        }
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
