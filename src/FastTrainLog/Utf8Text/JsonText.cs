using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FastTrainLog.Utf8Text;

/// <summary>Writes text as the content of a JSON string in UTF-8 (RFC 8259).</summary>
/// <remarks>
/// Beyond what the standard asks, DEL and the characters of <see cref="EscapedText.UnwantedLeads"/> are escaped too: a line of JSON shown on a
/// terminal then has no control characters and is displayed as stored, and no reader splits it into two lines.
/// </remarks>
internal readonly struct JsonText : IEscapeStyle
{
    private static readonly SearchValues<byte> Unwanted = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\', 0x7F, .. EscapedText.UnwantedLeads]);

    static SearchValues<byte> IEscapeStyle.Suspicious => Unwanted;

    /// <summary>Escapes UTF-16 text; a lone surrogate becomes U+FFFD.</summary>
    public static void Append(Utf8Buffer buffer, ReadOnlySpan<char> text) => EscapedText.Append<JsonText>(buffer, text);

    /// <summary>Escapes text that is UTF-8 already, and valid.</summary>
    public static void AppendUtf8(Utf8Buffer buffer, ReadOnlySpan<byte> text) => EscapedText.Append<JsonText>(buffer, text);

    /// <summary>Converts the content of a JSON string to text.</summary>
    public static string Decode(ReadOnlySpan<byte> inside)
    {
        if (!inside.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(inside);
        }

        byte[] quoted = new byte[inside.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        inside.CopyTo(quoted.AsSpan(1));
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: valid JSON, but not valid text.
            return Encoding.UTF8.GetString(inside);
        }
    }

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
        if (letter != 0)
        {
            buffer.Append((byte)'\\');
            buffer.Append(letter);
            return;
        }

        JsonEscape.AppendUnit(buffer, codePoint);
    }
}
