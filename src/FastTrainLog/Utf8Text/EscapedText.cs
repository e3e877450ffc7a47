using System.Text.Unicode;

namespace FastTrainLog.Utf8Text;

/// <summary>Copies text into a buffer of UTF-8, escaping what a style does not allow, without allocating.</summary>
internal static class EscapedText
{
    /// <summary>
    /// The bytes above ASCII at which an unwanted character may begin: a control character (C1), a line separator (U+2028, U+2029), one that changes the direction
    /// of what follows (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), is not seen at all (U+00AD, U+180E, U+200B to U+200D, U+2060 to
    /// U+206F, U+FEFF, U+FFF9 to U+FFFB, the tags of U+E0000 to U+E007F), or is none (U+FDD0 to U+FDEF, and the last two of each plane).
    /// Each also begins many harmless ones.
    /// </summary>
    /// <remarks>Unicode Technical Report 36 and CVE-2021-42574: two names that look alike, and a line that is displayed in another order than stored.</remarks>
    public static ReadOnlySpan<byte> UnwantedLeads => [0xC2, 0xD8, 0xE1, 0xE2, 0xEF, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4];

    // Three bytes a char at most: the stack holds the text of a usual argument at once.
    private const int ChunkBytes = 512;

    /// <summary>Appends UTF-16 text; a lone surrogate becomes U+FFFD.</summary>
    public static void Append<TStyle>(Utf8Buffer buffer, ReadOnlySpan<char> text)
        where TStyle : IEscapeStyle
    {
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        while (!text.IsEmpty)
        {
            // A chunk ends between characters, so the next one begins with a complete one.
            Utf8.FromUtf16(text, chunk, out int read, out int written, replaceInvalidSequences: true, isFinalBlock: true);
            text = text[read..];
            Append<TStyle>(buffer, chunk[..written]);
        }
    }

    /// <summary>Appends UTF-8 text.</summary>
    public static void Append<TStyle>(Utf8Buffer buffer, ReadOnlySpan<byte> text)
        where TStyle : IEscapeStyle
    {
        int searched = 0;
        while (true)
        {
            int found = text[searched..].IndexOfAny(TStyle.Suspicious);
            if (found < 0)
            {
                buffer.Append(text);
                return;
            }

            found += searched;
            int length = ReadUnwanted(text[found..], out int codePoint);
            if (length == 0)
            {
                searched = found + 1;
                continue;
            }

            buffer.Append(text[..found]);
            TStyle.Append(buffer, codePoint);
            text = text[(found + length)..];
            searched = 0;
        }
    }

    /// <summary>Appends two hexadecimal digits.</summary>
    public static void AppendHex(Utf8Buffer buffer, int value)
    {
        buffer.Append("0123456789abcdef"u8[value >> 4]);
        buffer.Append("0123456789abcdef"u8[value & 15]);
    }

    private static int ReadUnwanted(ReadOnlySpan<byte> text, out int codePoint)
    {
        codePoint = text[0];
        switch (text)
        {
            case [< 0x80, ..]:
                return 1;
            case [0xC2, (< 0xA0 or 0xAD) and var second, ..]:
                codePoint = second;
                return 2;
            case [0xD8, 0x9C, ..]:
                codePoint = 0x061C;
                return 2;
            case [0xE1, 0xA0, 0x8E, ..]:
                codePoint = 0x180E;
                return 3;
            case [0xE2, 0x80, (>= 0x8B and <= 0x8F) or (>= 0xA8 and <= 0xAE), ..]:
            case [0xE2, 0x81, >= 0xA0 and <= 0xAF, ..]:
            case [0xEF, 0xB7, >= 0x90 and <= 0xAF, ..]:
            case [0xEF, 0xBB, 0xBF, ..]:
            case [0xEF, 0xBF, (>= 0xB9 and <= 0xBB) or 0xBE or 0xBF, ..]:
                codePoint = ((text[0] & 0x0F) << 12) | ((text[1] & 0x3F) << 6) | (text[2] & 0x3F);
                return 3;
            case [0xF3, 0xA0, 0x80 or 0x81, _, ..]:
            case [>= 0xF0, var second, 0xBF, 0xBE or 0xBF, ..] when (second & 0x0F) == 0x0F:
                codePoint = ((text[0] & 0x07) << 18) | ((text[1] & 0x3F) << 12) | ((text[2] & 0x3F) << 6) | (text[3] & 0x3F);
                return 4;
            default:
                return 0;
        }
    }
}
