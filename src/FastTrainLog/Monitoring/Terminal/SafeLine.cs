using System.Text;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Makes untrusted texts safe as parts of a line: a terminal must not execute control sequences in them.</summary>
internal static class SafeLine
{
    public static string Of(string text)
    {
        var buffer = new Utf8Buffer(text.Length * 3);
        EscapedText.Append<LineText>(buffer, text);
        return Of(buffer);
    }

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        var buffer = new Utf8Buffer(utf8.Length);
        LineText.Append(buffer, utf8);
        return Of(buffer);
    }

    // The escaping leaves tab characters, whose width depends on the column.
    private static string Of(Utf8Buffer buffer) => Encoding.UTF8.GetString(buffer.Written).Replace('\t', ' ');
}
