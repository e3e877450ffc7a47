using Microsoft.Extensions.Logging;

namespace FastTrainLog.ZLogger;

/// <summary>Answers a provider that includes scopes with those of the record that is being passed on; costs nothing if none asks.</summary>
internal sealed class RecordScopes : IExternalScopeProvider
{
    private readonly List<KeyValuePair<string, object?>> _values = [];

    public LogRecordCopy? Record { get; set; }

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        _values.Clear();
        if (Record is { } record)
        {
            Read(record);
        }

        callback(_values, state);
    }

    public IDisposable Push(object? state) => throw new NotSupportedException("ZLogger gets the scopes of FastTrainLog's records; begin a scope on a logger of FastTrainLog.");

    private void Read(LogRecordCopy record)
    {
        Add("run", record.RunId);
        Add("rank", record.Rank);
        Add("world_size", record.WorldSize);
        Add("step", record.Step);
        if (record.TraceId is var trace && trace != default)
        {
            Add("trace_id", trace.ToHexString());
            Add("span_id", record.SpanId.ToHexString());
        }

        if (record.Scopes.ToObject() is List<KeyValuePair<string, object?>> scopes)
        {
            _values.AddRange(scopes);
        }
    }

    private void Add(string name, object? value)
    {
        if (value is not null)
        {
            _values.Add(new(name, value));
        }
    }
}
