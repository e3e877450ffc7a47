using FastTrainLog.Analysis.Reports;
using FastTrainLog.Queries;
using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Queries;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Tail;

/// <summary>Shows records of a file of JSON lines: as the library's text, or as they are.</summary>
/// <param name="file">The file.</param>
/// <param name="query">Which records are shown.</param>
/// <param name="asJson">Whether they are shown as they are.</param>
/// <param name="colors">Whether they are coloured by level.</param>
internal sealed class JsonTailFormat(LogFile file, RecordQuery query, bool asJson, bool colors) : ITailFormat
{
    private const int MostOfUnreadable = 200;

    private readonly RecordTable _table = new();
    private readonly NameTable _names = new();
    private readonly StoredText _text = new(TimeZoneInfo.Local);

    public bool Continues(ReadOnlySpan<byte> line) => false;

    public long Append(Utf8Buffer buffer, ReadOnlySpan<byte> line)
    {
        line = LineReader.WithoutMarks(line);
        if (_table.Read(line) is { } problem)
        {
            AppendUnreadable(buffer, line, problem);
            return 0;
        }

        var record = new StoredRecord(_table, _names, line, file, 0);
        if (!query.Takes(record, out _))
        {
            return 0;
        }

        if (asJson)
        {
            EscapedText.Append<JsonEscape>(buffer, line);
            buffer.Append((byte)'\n');
            return record.Time.Ticks;
        }

        if (colors)
        {
            buffer.Append(ConsoleSink.Color(record.Level));
        }

        _text.Append(buffer, record);
        if (colors)
        {
            buffer.Truncate(buffer.Length - 1);
            buffer.Append("\e[0m\n"u8);
        }

        return record.Time.Ticks;
    }

    // A program that reads JSON gets only valid JSON.
    private void AppendUnreadable(Utf8Buffer buffer, ReadOnlySpan<byte> line, string problem)
    {
        if (asJson || line.Trim(" \t\r"u8).IsEmpty)
        {
            return;
        }

        buffer.Append($"{ShownText.Of(System.IO.Path.GetFileName(file.Path))} has a line that cannot be read, {problem}: ");
        EscapedText.Append<LineText>(buffer, System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, MostOfUnreadable)]));
        buffer.Append((byte)'\n');
    }
}
