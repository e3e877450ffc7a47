using System.Text.Unicode;

namespace FastTrainLog.Formatting;

/// <summary>Copies text into a buffer of UTF-8, spelling out what a style does not want in it, without allocating.</summary>
internal static class EscapedText
{
    /// <summary>The byte that leads the C1 control characters, U+0080 to U+009F, and harmless ones up to U+00BF.</summary>
    public const byte C1Lead = 0xC2;

    /// <summary>The byte that leads the line and paragraph separators, U+2028 and U+2029, and many harmless ones.</summary>
    public const byte SeparatorLead = 0xE2;

    // Three bytes a char at most: the stack holds the text of a usual argument at once.
    private const int ChunkBytes = 512;

    /// <summary>Appends UTF-16 text; a lone surrogate becomes U+FFFD.</summary>
    public static void Append<TStyle>(Utf8Buffer buffer, ReadOnlySpan<char> text)
        where TStyle : IEscapeStyle
    {
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        while (!text.IsEmpty)
        {
            // A chunk ends between characters, so the next one begins with a whole one.
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
            case [C1Lead, < 0xA0 and var second, ..]:
                codePoint = second;
                return 2;
            case [SeparatorLead, 0x80, (0xA8 or 0xA9) and var third, ..]:
                codePoint = 0x2000 + third - 0x80;
                return 3;
            default:
                return 0;
        }
    }
}
