using System.Net;
using System.Text;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Analysis.Reports;

/// <summary>Makes text from a log, or file names, safe to show on a terminal and on a page; all such text must pass through it.</summary>
/// <remarks>
/// The names in a log may come from untrusted sources, and its reader shows them on a terminal. So no text from it may
/// control the terminal, begin a line, or hide or reorder adjacent text: <see cref="LineText"/> escapes such characters.
/// </remarks>
internal static class ShownText
{
    /// <summary>Returns text as one safe line.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var buffer = new Utf8Buffer(text.Length + 16);
        EscapedText.Append<LineText>(buffer, text);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    /// <summary>Returns equivalent JSON that is safe to show on a terminal.</summary>
    public static string Json(string json)
    {
        var buffer = new Utf8Buffer(json.Length + 16);
        EscapedText.Append<JsonEscape>(buffer, json);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    /// <summary>Returns text escaped for HTML, for an element or an attribute.</summary>
    public static string Html(string? text) => WebUtility.HtmlEncode(Of(text));
}
