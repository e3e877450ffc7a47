using System.Buffers;

namespace FastTrainLog.Utf8Text;

/// <summary>Copies JSON that is complete already, and escapes in it what a terminal should not see; to a program it stays the same.</summary>
/// <remarks>Outside of strings JSON has no such characters.</remarks>
internal readonly struct JsonEscape : IEscapeStyle
{
    private static readonly SearchValues<byte> Unwanted = SearchValues.Create([0x7F, .. EscapedText.UnwantedLeads]);

    static SearchValues<byte> IEscapeStyle.Suspicious => Unwanted;

    /// <summary>Appends a character as <c>\\u</c> and four digits, or as two of those.</summary>
    public static void AppendUnit(Utf8Buffer buffer, int codePoint)
    {
        if (codePoint > 0xFFFF)
        {
            AppendUnit(buffer, 0xD800 + ((codePoint - 0x10000) >> 10));
            codePoint = 0xDC00 + ((codePoint - 0x10000) & 0x3FF);
        }

        buffer.Append("\\u"u8);
        EscapedText.AppendHex(buffer, codePoint >> 8);
        EscapedText.AppendHex(buffer, codePoint & 0xFF);
    }

    static void IEscapeStyle.Append(Utf8Buffer buffer, int codePoint) => AppendUnit(buffer, codePoint);
}
