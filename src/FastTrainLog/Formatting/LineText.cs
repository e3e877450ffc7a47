using System.Buffers;
using System.Text;

namespace FastTrainLog.Formatting;

/// <summary>Writes UTF-8 text so that it stays on its line and commands no terminal.</summary>
internal static class LineText
{
    // 0xC2 leads the C1 control characters U+0080 to U+009F, and a few harmless ones beside them.
    private static readonly SearchValues<byte> Suspicious = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(b => b != '\t').Select(b => (byte)b), 0x7F, 0xC2]);

    /// <summary>Appends text with line ends and control characters escaped as in C#.</summary>
    public static void Append(Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int index = text.IndexOfAny(Suspicious);
            if (index < 0)
            {
                buffer.Append(text);
                return;
            }

            buffer.Append(text[..index]);
            Rune.DecodeFromUtf8(text[index..], out Rune rune, out int consumed);
            text = text[(index + consumed)..];
            if (!Rune.IsControl(rune))
            {
                buffer.Advance(rune.EncodeToUtf8(buffer.Reserve(4)));
            }
            else if (rune.Value is '\n' or '\r')
            {
                buffer.Append(rune.Value == '\n' ? "\\n"u8 : "\\r"u8);
            }
            else
            {
                buffer.Append("\\x"u8);
                buffer.AppendFormatted(rune.Value, "x2");
            }
        }
    }

    /// <summary>Appends text of several lines, each indented; other control characters are escaped.</summary>
    public static void AppendLines(Utf8Buffer buffer, ReadOnlySpan<char> text, ReadOnlySpan<byte> indent)
    {
        var line8 = new Utf8Buffer(256);
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            line8.Clear();
            line8.Append(line);
            buffer.Append(indent);
            Append(buffer, line8.Written);
            buffer.Append((byte)'\n');
        }
    }
}
