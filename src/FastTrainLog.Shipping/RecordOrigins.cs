using System.Text.Json;
using FastTrainLog.Reading;

namespace FastTrainLog.Shipping;

/// <summary>The origins of records, each once.</summary>
internal sealed class RecordOrigins
{
    // A log with an unlimited number of runs or loggers must not fill the memory.
    private const int Most = 4096;

    private readonly Dictionary<RecordOrigin, RecordOrigin> _origins = [];
    private RecordOrigin? _last;

    public RecordOrigin Of(in StoredRecord record)
    {
        string? run = record.TryGetOwn("run"u8, out StoredField name) && name.Kind == JsonTokenType.String ? record.Names.Get(name.Utf8Value) : null;
        long rank = record.TryGetOwn("rank"u8, out StoredField number) && number.TryGetInt64(out long value) ? value : 0;
        if (_last is { } last && last.Level == record.Level && last.Rank == rank && last.Category == record.Category && last.Run == run)
        {
            return last;
        }

        _last = new RecordOrigin(record.Level, record.Category, run, rank);
        if (_origins.TryGetValue(_last, out RecordOrigin? known))
        {
            return _last = known;
        }

        if (_origins.Count == Most)
        {
            _origins.Clear();
        }

        _origins.Add(_last, _last);
        return _last;
    }
}
