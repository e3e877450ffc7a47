using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastTrainLog.Json;

/// <summary>The form of every JSON document and line that the library and its command write: one convention for names and for numbers, described in docs/tool.md.</summary>
internal static class JsonForm
{
    /// <summary>The version of the names. Version 1 had camel case in analyses and saved clippers, and <c>eventId</c> in lines; readers still accept it.</summary>
    public const int Version = 2;

    /// <summary>The convention for the library's names; names chosen by users are unchanged.</summary>
    public const JsonKnownNamingPolicy Names = JsonKnownNamingPolicy.SnakeCaseLower;

    /// <summary>Gets the same for a serialiser that is set up at run time.</summary>
    public static JsonNamingPolicy NamingPolicy => JsonNamingPolicy.SnakeCaseLower;

    /// <summary>How NaN and infinities are written: as strings, because JSON has no numbers for them.</summary>
    public const JsonNumberHandling Numbers = JsonNumberHandling.AllowNamedFloatingPointLiterals;
}
