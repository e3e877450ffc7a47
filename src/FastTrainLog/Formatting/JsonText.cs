using System.Buffers;
using System.Text;

namespace FastTrainLog.Formatting;

/// <summary>Writes UTF-16 text as the inside of a JSON string in UTF-8 (RFC 8259).</summary>
internal static class JsonText
{
    public static void Append(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
            }

            text = text[consumed..];
            Append(buffer, rune);
        }
    }

    /// <summary>Escapes text that is UTF-8 already, and valid.</summary>
    public static void AppendUtf8(Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b < 0x80)
            {
                Append(buffer, new Rune(b));
            }
            else
            {
                buffer.Append(b);
            }
        }
    }

    private static void Append(Utf8Buffer buffer, Rune rune)
    {
        switch (rune.Value)
        {
            case '"':
                buffer.Append("\\\""u8);
                break;
            case '\\':
                buffer.Append("\\\\"u8);
                break;
            case '\n':
                buffer.Append("\\n"u8);
                break;
            case '\r':
                buffer.Append("\\r"u8);
                break;
            case '\t':
                buffer.Append("\\t"u8);
                break;
            case < 0x20 or 0x7F:
                buffer.Append("\\u00"u8);
                buffer.AppendFormatted(rune.Value, "x2");
                break;
            default:
                buffer.Advance(rune.EncodeToUtf8(buffer.Reserve(4)));
                break;
        }
    }
}
