using System.Buffers;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Export.Csv;

/// <summary>Writes text as the inside of a CSV value: its line ends stay, and what commands, turns or hides is spelled, as in the library's own text files.</summary>
internal readonly struct CsvText : IEscapeStyle
{
    private static readonly SearchValues<byte> Unwanted = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(b => b is not ('\t' or '\n' or '\r')).Select(b => (byte)b), 0x7F, .. EscapedText.UnwantedLeads]);

    static SearchValues<byte> IEscapeStyle.Suspicious => Unwanted;

    /// <summary>Appends text; where a spreadsheet would take it for a formula, with an apostrophe in front, which makes it text (OWASP, "CSV Injection").</summary>
    public static void Append(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20')
        {
            buffer.Append((byte)'\'');
        }

        EscapedText.Append<CsvText>(buffer, text);
    }

    static void IEscapeStyle.Append(Utf8Buffer buffer, int codePoint) => LineText.AppendSpelling(buffer, codePoint);
}
