using FastTrainLog.Reading;

namespace FastTrainLog.Shipping;

/// <summary>Records that are sent together, in the order of their log.</summary>
/// <remarks>Not thread-safe; valid during <see cref="IShipTarget.Send"/>.</remarks>
public sealed class ShipBatch
{
    private readonly RecordBuffer _records;
    private readonly int[]? _chosen;

    internal ShipBatch(ShipSource source, RecordBuffer records, int[]? chosen = null)
    {
        Source = source;
        _records = records;
        _chosen = chosen;
    }

    /// <summary>Gets the log directory that they are from.</summary>
    public ShipSource Source { get; }

    /// <summary>Gets the cursor after the batch, if the target is one that stores it with the records: see <see cref="Cursors.IKeepsCursor"/>.</summary>
    internal byte[] Cursor { get; init; } = [];

    /// <summary>Gets the number of records.</summary>
    public int Count => _chosen?.Length ?? _records.Count;

    /// <summary>Gets the bytes of their JSON lines.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            for (int i = 0; i < Count; i++)
            {
                bytes += _records.Json(Place(i)).Length;
            }

            return bytes;
        }
    }

    /// <summary>Gets a record; the one requested before is no longer valid.</summary>
    /// <param name="index">Its place in the batch.</param>
    public ShippedRecord this[int index] => _records.Read(Place(index));

    /// <summary>Gets a record's JSON line, without its line feed, at less cost than the record.</summary>
    /// <param name="index">Its place in the batch.</param>
    public ReadOnlySpan<byte> Json(int index) => _records.Json(Place(index));

    /// <summary>Gets where a record is, at less cost than the record.</summary>
    /// <param name="index">Its place in the batch.</param>
    public ShipPosition Position(int index) => _records.Position(Place(index));

    /// <summary>Gets a record's time in UTC ticks, at less cost than the record.</summary>
    internal long Ticks(int index) => _records.Ticks(Place(index));

    /// <summary>Gets a record's level, logger, run and rank, at less cost than the record.</summary>
    internal RecordOrigin Origin(int index) => _records.Origin(Place(index));

    /// <summary>Returns some of the records as a batch.</summary>
    internal ShipBatch Choose(IEnumerable<int> indexes) => new(Source, _records, [.. indexes.Select(Place)]);

    private int Place(int index) => _chosen is null ? index : _chosen[index];
}
