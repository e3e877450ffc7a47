using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using FastTrainLog.Reading;

namespace FastTrainLog.Shipping;

/// <summary>A record of a batch, as a target sees it.</summary>
/// <remarks>Valid until the next record of the batch is requested.</remarks>
public readonly ref struct ShippedRecord
{
    private const int LongestRun = 128;

    internal ShippedRecord(StoredRecord record, ShipPosition position)
    {
        Record = record;
        Position = position;
    }

    /// <summary>Gets the record.</summary>
    public StoredRecord Record { get; }

    /// <summary>Gets where it is.</summary>
    public ShipPosition Position { get; }

    /// <summary>Gets its run's identifier; null outside of runs.</summary>
    public string? Run => Record.TryGetOwn("run"u8, out StoredField run) && run.Kind == JsonTokenType.String ? run.GetText() : null;

    /// <summary>Gets its rank; 0 outside of runs.</summary>
    public long Rank => Record.TryGetOwn("rank"u8, out StoredField rank) && rank.TryGetInt64(out long value) ? value : 0;

    /// <summary>Gets what distinguishes it from every other record: run, rank, file and offset, at most 200 characters, the same each time it is sent.</summary>
    public string Id
    {
        get
        {
            string run = Uri.EscapeDataString(Run ?? "-");
            run = run.Length <= LongestRun ? run : XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(run)).ToString("x16", CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"{run}-{Rank}-{Position.Log}-{Position.File:x16}-{Position.Offset}");
        }
    }
}
