using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FastTrainLog.Reading;

namespace FastTrainLog.Shipping;

/// <summary>A record of a batch, as a target sees it.</summary>
/// <remarks>Valid until the next record of the batch is requested.</remarks>
public readonly ref struct ShippedRecord
{
    /// <summary>The most bytes of <see cref="Id"/>.</summary>
    internal const int LongestId = RecordOrigin.LongestIdBeginning + 70;

    internal ShippedRecord(StoredRecord record, ShipPosition position, RecordOrigin origin)
    {
        Record = record;
        Position = position;
        Origin = origin;
    }

    /// <summary>Gets the record.</summary>
    public StoredRecord Record { get; }

    /// <summary>Gets where it is.</summary>
    public ShipPosition Position { get; }

    /// <summary>Gets its run's identifier; null outside of runs.</summary>
    public string? Run => Origin.Run;

    /// <summary>Gets its rank; 0 outside of runs.</summary>
    public long Rank => Origin.Rank;

    /// <summary>Gets what distinguishes it from every other record: run, rank, file, offset and a hash of the line, at most 220 characters, the same each time it is sent.</summary>
    /// <remarks>The place alone would not do: a recovery writes the last lines of a file again, in another order, and a shipper that was killed with the process does not know which ones were where.</remarks>
    public string Id
    {
        get
        {
            Span<byte> id = stackalloc byte[LongestId];
            return Encoding.ASCII.GetString(id[..WriteId(id)]);
        }
    }

    /// <summary>Gets its level, logger, run and rank.</summary>
    internal RecordOrigin Origin { get; }

    /// <summary>Writes <see cref="Id"/>, which is ASCII.</summary>
    /// <param name="utf8">At least <see cref="LongestId"/> bytes.</param>
    /// <returns>The number of bytes.</returns>
    internal int WriteId(Span<byte> utf8)
    {
        int length = Encoding.ASCII.GetBytes(Origin.IdBeginning, utf8);
        Position.Log.TryFormat(utf8[length..], out int written, default, CultureInfo.InvariantCulture);
        length += written;
        utf8[length++] = (byte)'-';
        Position.File.TryFormat(utf8[length..], out written, "x16", CultureInfo.InvariantCulture);
        length += written;
        utf8[length++] = (byte)'-';
        Position.Offset.TryFormat(utf8[length..], out written, default, CultureInfo.InvariantCulture);
        length += written;
        utf8[length++] = (byte)'-';
        XxHash3.HashToUInt64(Record.Utf8Json).TryFormat(utf8[length..], out written, "x16", CultureInfo.InvariantCulture);
        return length + written;
    }
}
