using System.Text;
using FastTrainLog.Queries;
using FastTrainLog.Reading;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Queries;
using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tool.Tail;

/// <summary>Shows lines of a text file, with the lines of a trace that follow them.</summary>
/// <param name="query">Which lines are shown; by level and text only, because a line of text has no other fields.</param>
/// <param name="colors">Whether they are coloured by level.</param>
internal sealed class TextTailFormat(RecordQuery query, bool colors) : ITailFormat
{
    private LogLevel _level = LogLevel.None;
    private bool _taken;

    public bool Continues(ReadOnlySpan<byte> line) => line.StartsWith("    "u8);

    public long Append(Utf8Buffer buffer, ReadOnlySpan<byte> line)
    {
        line = LineReader.WithoutMarks(line);
        if (!Continues(line))
        {
            _level = LevelOf(line);
            _taken = (query.Level is null || _level >= query.Level)
                && (query.Text is null || Encoding.UTF8.GetString(line).Contains(query.Text, StringComparison.OrdinalIgnoreCase));
        }

        if (!_taken)
        {
            return 0;
        }

        bool isColored = colors && _level != LogLevel.None;
        if (isColored)
        {
            buffer.Append(ConsoleSink.Color(_level));
        }

        // The library's own files are escaped already; older ones, and those of other programs, may not be.
        EscapedText.Append<LineText>(buffer, line.TrimEnd((byte)'\r'));
        buffer.Append(isColored ? "\e[0m\n"u8 : "\n"u8);
        return 0;
    }

    // [2024-01-15 10:30:15] TRAINING - INFO - message
    private static LogLevel LevelOf(ReadOnlySpan<byte> line)
    {
        int start = line.IndexOf(" - "u8) + 3;
        int length = start < 3 ? -1 : line[start..].IndexOf(" - "u8);
        return length < 0 ? LogLevel.None : StoredLevels.Read(line.Slice(start, length));
    }
}
