using FastTrainLog.Reading;

namespace FastTrainLog.Shipping;

/// <summary>The records of the batch in progress: their lines one after the other in one array, which is kept for the next batch.</summary>
internal sealed class RecordBuffer
{
    // A batch with one very long record must not keep its memory for ever.
    private const int MostKept = 4 << 20;

    // Where the members of each line are, for a target that looks at them: then its lines are read once. Others, which need only the lines, would pay for it in vain.
    private readonly List<RecordTable> _tables = [];
    private bool _keepsTables;
    private bool _areRead;
    private readonly NameTable _names = new();
    private readonly RecordOrigins _origins = new();
    private readonly List<Item> _items = [];
    private byte[] _bytes = new byte[64 * 1024];

    public int Count => _items.Count;

    public int Bytes { get; private set; }

    /// <summary>Gets the time of the first record, in UTC ticks; 0 if there is none.</summary>
    public long FirstTicks => _items.Count == 0 ? 0 : _items[0].Ticks;

    public void Clear()
    {
        _items.Clear();
        Bytes = 0;
        _keepsTables = _areRead;
        if (_bytes.Length > MostKept)
        {
            _bytes = new byte[64 * 1024];
        }
    }

    public void Add(in StoredRecord record, ShipPosition position)
    {
        ReadOnlySpan<byte> json = record.Utf8Json;
        if (_bytes.Length - Bytes < json.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Bytes + json.Length));
        }

        json.CopyTo(_bytes.AsSpan(Bytes));
        if (_keepsTables)
        {
            TableOf(_items.Count).Take(record.Table);
        }

        _items.Add(new Item(Bytes, json.Length, position, record.File, record.Line, record.Time.Ticks, _origins.Of(record)));
        Bytes += json.Length;
    }

    public ReadOnlySpan<byte> Json(int index) => _bytes.AsSpan(_items[index].Start, _items[index].Length);

    public ShipPosition Position(int index) => _items[index].Position;

    /// <summary>Gets a record's time, in UTC ticks.</summary>
    public long Ticks(int index) => _items[index].Ticks;

    public RecordOrigin Origin(int index) => _items[index].Origin;

    public ShippedRecord Read(int index)
    {
        Item item = _items[index];
        RecordTable table = TableOf(_keepsTables ? index : 0);
        if (!_keepsTables)
        {
            // It was a record when it was added.
            table.Read(Json(index));
            _areRead = true;
        }

        return new ShippedRecord(new StoredRecord(table, _names, Json(index), item.File, item.Line), item.Position, item.Origin);
    }

    private RecordTable TableOf(int index)
    {
        while (_tables.Count <= index)
        {
            _tables.Add(new RecordTable());
        }

        return _tables[index];
    }

    private readonly record struct Item(int Start, int Length, ShipPosition Position, LogFile File, long Line, long Ticks, RecordOrigin Origin);
}
