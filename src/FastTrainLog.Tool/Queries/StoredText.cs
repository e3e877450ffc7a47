using System.Globalization;
using System.Text;
using FastTrainLog.Formatting;
using FastTrainLog.Reading;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Queries;

/// <summary>Writes records of a file of JSON lines as the library's text files show them: <c>[2024-01-15 10:30:15] TRAINING - INFO - message</c>.</summary>
internal sealed class StoredText(TimeZoneInfo timeZone)
{
    /// <summary>Appends a record, with its exception's trace on lines of their own.</summary>
    public void Append(Utf8Buffer buffer, in StoredRecord record)
    {
        DateTime local = TimeZoneInfo.ConvertTimeFromUtc(record.Time, timeZone);
        buffer.Append(Encoding.UTF8.GetBytes(local.ToString("'['yyyy-MM-dd HH:mm:ss'] '", CultureInfo.InvariantCulture)));
        EscapedText.Append<LineText>(buffer, LogCategories.Label(record.Category, record.Level));
        buffer.Append(" - "u8);
        buffer.Append(LevelNames.Utf8(record.Level));
        buffer.Append(" - "u8);
        EscapedText.Append<LineText>(buffer, record.GetMessage());
        buffer.Append((byte)'\n');
        if (record.TryGetOwn("exception"u8, out StoredField exception))
        {
            foreach (StoredField member in exception.GetFields())
            {
                if (member.Utf8Name.SequenceEqual("details"u8) && member.GetText() is { } details)
                {
                    LineText.AppendLines(buffer, details, "    "u8);
                }
            }
        }
    }
}
