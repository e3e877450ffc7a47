using System.Globalization;
using FastTrainLog.Reading;

namespace FastTrainLog.Shipping;

/// <summary>A record of a batch, as a target sees it.</summary>
/// <remarks>Valid until the next record of the batch is requested.</remarks>
public readonly ref struct ShippedRecord
{
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

    /// <summary>Gets what distinguishes it from every other record: run, rank, file and offset, at most 200 characters, the same each time it is sent.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Origin.IdBeginning}{Position.Log}-{Position.File:x16}-{Position.Offset}");

    /// <summary>Gets its level, logger, run and rank.</summary>
    internal RecordOrigin Origin { get; }
}
