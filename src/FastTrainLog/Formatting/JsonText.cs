using System.Buffers;

namespace FastTrainLog.Formatting;

/// <summary>Writes text as the inside of a JSON string in UTF-8 (RFC 8259).</summary>
/// <remarks>
/// Beyond what the standard asks, DEL, the C1 control characters and the Unicode line separators are escaped too: a line of JSON shown on a
/// terminal then commands nothing, and no reader takes it for two lines.
/// </remarks>
internal readonly struct JsonText : IEscapeStyle
{
    private static readonly SearchValues<byte> Unwanted = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\', 0x7F, EscapedText.C1Lead, EscapedText.SeparatorLead]);

    static SearchValues<byte> IEscapeStyle.Suspicious => Unwanted;

    /// <summary>Escapes UTF-16 text; a lone surrogate becomes U+FFFD.</summary>
    public static void Append(Utf8Buffer buffer, ReadOnlySpan<char> text) => EscapedText.Append<JsonText>(buffer, text);

    /// <summary>Escapes text that is UTF-8 already, and valid.</summary>
    public static void AppendUtf8(Utf8Buffer buffer, ReadOnlySpan<byte> text) => EscapedText.Append<JsonText>(buffer, text);

    static void IEscapeStyle.Append(Utf8Buffer buffer, int codePoint)
    {
        byte letter = codePoint switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            _ => 0,
        };
        buffer.Append((byte)'\\');
        if (letter != 0)
        {
            buffer.Append(letter);
            return;
        }

        buffer.Append((byte)'u');
        EscapedText.AppendHex(buffer, codePoint >> 8);
        EscapedText.AppendHex(buffer, codePoint & 0xFF);
    }
}
