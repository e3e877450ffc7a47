using System.Globalization;
using FastTrainLog.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>Reads the query of a request; what is wrong with it is refused by name.</summary>
internal static class RequestFields
{
    private const int LongestText = 1024;
    private const int LongestCursor = 16 * 1024;

    /// <summary>Returns a text; null if it is missing or empty.</summary>
    public static string? Text(HttpRequest request, string name)
    {
        string? text = request.Query[name];
        return text is null or "" ? null
            : text.Length <= LongestText ? text : throw Invalid($"'{name}' has {text.Length} characters; at most {LongestText} are allowed.");
    }

    /// <summary>Returns a cursor of an earlier answer, which is longer than other texts; null if it is missing or empty.</summary>
    public static string? Cursor(HttpRequest request)
    {
        string? text = request.Query["cursor"];
        return text is null or "" ? null
            : text.Length <= LongestCursor ? text : throw Invalid($"'cursor' has {text.Length} characters; at most {LongestCursor} are allowed.");
    }

    /// <summary>Returns the values of a name that may be given several times.</summary>
    public static string[] Texts(HttpRequest request, string name, int most)
    {
        string[] texts = [.. request.Query[name].OfType<string>()];
        return texts.Length > most ? throw Invalid($"'{name}' is given {texts.Length} times; at most {most} are allowed.")
            : Array.Find(texts, text => text.Length > LongestText) is not null ? throw Invalid($"A value of '{name}' is longer than {LongestText} characters.")
            : texts;
    }

    /// <summary>Returns an integer.</summary>
    public static long Integer(HttpRequest request, string name, long otherwise, long least = long.MinValue, long most = long.MaxValue) =>
        Text(request, name) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most ? value
        : throw Invalid($"'{name}' is '{text}'; it must be an integer{(least > long.MinValue ? $" from {least}" : string.Empty)}{(most < long.MaxValue ? $" to {most}" : string.Empty)}.");

    public static RequestRefusedException Invalid(string message) => new(StatusCodes.Status400BadRequest, message);
}
