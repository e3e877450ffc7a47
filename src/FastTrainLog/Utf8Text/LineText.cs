using System.Buffers;

namespace FastTrainLog.Utf8Text;

/// <summary>Writes text so that it stays on its line and is displayed as stored: control characters, including ESC, and characters that change the direction or are invisible are escaped as in C#.</summary>
internal readonly struct LineText : IEscapeStyle
{
    private static readonly SearchValues<byte> Unwanted = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(b => b != '\t').Select(b => (byte)b), 0x7F, .. EscapedText.UnwantedLeads]);

    static SearchValues<byte> IEscapeStyle.Suspicious => Unwanted;

    /// <summary>Appends UTF-8 text as one line, its line ends escaped.</summary>
    public static void Append(Utf8Buffer buffer, ReadOnlySpan<byte> text) => EscapedText.Append<LineText>(buffer, text);

    /// <summary>Appends text of several lines, each indented; other control characters are escaped.</summary>
    public static void AppendLines(Utf8Buffer buffer, ReadOnlySpan<char> text, ReadOnlySpan<byte> indent)
    {
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            buffer.Append(indent);
            EscapedText.Append<LineText>(buffer, line);
            buffer.Append((byte)'\n');
        }
    }

    static void IEscapeStyle.Append(Utf8Buffer buffer, int codePoint) => AppendSpelling(buffer, codePoint);

    /// <summary>Appends a character as C# spells it.</summary>
    public static void AppendSpelling(Utf8Buffer buffer, int codePoint)
    {
        switch (codePoint)
        {
            case '\n':
                buffer.Append("\\n"u8);
                break;
            case '\r':
                buffer.Append("\\r"u8);
                break;
            case > 0xFFFF:
                buffer.Append("\\U00"u8);
                EscapedText.AppendHex(buffer, codePoint >> 16);
                EscapedText.AppendHex(buffer, (codePoint >> 8) & 0xFF);
                EscapedText.AppendHex(buffer, codePoint & 0xFF);
                break;
            case > 0xFF:
                buffer.Append("\\u"u8);
                EscapedText.AppendHex(buffer, codePoint >> 8);
                EscapedText.AppendHex(buffer, codePoint & 0xFF);
                break;
            default:
                buffer.Append("\\x"u8);
                EscapedText.AppendHex(buffer, codePoint);
                break;
        }
    }
}
