using System.Globalization;
using FastTrainLog.Reading;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Queries;

/// <summary>Which records are wanted; what is null is not asked for.</summary>
internal sealed class RecordQuery
{
    private readonly RunTracker _runs = new();

    /// <summary>Gets the category, with those below it, up to a dot.</summary>
    public string? Category { get; init; }

    /// <summary>Gets the lowest level.</summary>
    public LogLevel? Level { get; init; }

    /// <summary>Gets the event's number or name.</summary>
    public string? Event { get; init; }

    /// <summary>Gets a text in the message or in the exception, whatever its case.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the run's identifier, or how it begins.</summary>
    public string? Run { get; init; }

    /// <summary>Gets whether a record is wanted. Records must be asked about in the order of the log: runs are told apart by where they begin.</summary>
    public bool Takes(in StoredRecord record)
    {
        string? run = _runs.RunOf(record);
        return (Run is null || (run is not null && run.StartsWith(Run, StringComparison.OrdinalIgnoreCase)))
            && (Level is null || record.Level >= Level)
            && (Category is null || Backend.CategoryNames.Covers(Category, record.Category))
            && (Event is null || IsEvent(record))
            && (Text is null || Contains(record));
    }

    private bool IsEvent(in StoredRecord record) =>
        int.TryParse(Event, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? record.EventId == id
            : string.Equals(record.EventName, Event, StringComparison.OrdinalIgnoreCase);

    private bool Contains(in StoredRecord record) =>
        record.GetMessage().Contains(Text!, StringComparison.OrdinalIgnoreCase)
        || (record.TryGetOwn("exception"u8, out StoredField exception) && exception.GetText()?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true);
}
