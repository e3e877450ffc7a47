using System.Text.Json;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Formatting;
using FastTrainLog.Reading;

namespace FastTrainLog.Dashboard.Records;

/// <summary>A record as the page shows it.</summary>
internal sealed record FoundRecord(LogPlace Place, DateTime Time, string Level, string Category, string? Event, int EventId, long? Step, long? Rank, string Message, string? Exception, string? Properties)
{
    // A message or a trace may have megabytes; the page shows its beginning.
    private const int LongestText = 16 * 1024;

    public static FoundRecord Of(LogPlace place, in StoredRecord record, RunName run) => new(
        place,
        record.Time,
        System.Text.Encoding.ASCII.GetString(LevelNames.Utf8(record.Level)),
        record.Category,
        record.EventName,
        record.EventId,
        RecordStep.Of(record),
        run.Rank,
        Cut(record.GetMessage()),
        record.TryGetOwn("exception"u8, out StoredField exception) ? Cut(DetailsOf(exception)) : null,
        record.TryGetOwn("properties"u8, out StoredField properties) ? Cut(properties.GetText() ?? string.Empty) : null);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("time", Time);
        json.WriteString("level", Level);
        json.WriteString("category", Category);
        json.WriteString("event", Event);
        json.WriteNumber("event_id", EventId);
        AnswerWriter.WriteOptional(json, "step", Step);
        AnswerWriter.WriteOptional(json, "rank", Rank);
        json.WriteString("message", Message);
        json.WriteString("exception", Exception);
        json.WriteString("properties", Properties);
        json.WriteEndObject();
    }

    private static string DetailsOf(in StoredField exception)
    {
        foreach (StoredField member in exception.GetFields())
        {
            if (member.Utf8Name.SequenceEqual("details"u8) && member.GetText() is { } details)
            {
                return details;
            }
        }

        return exception.GetText() ?? string.Empty;
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), "…");
}
