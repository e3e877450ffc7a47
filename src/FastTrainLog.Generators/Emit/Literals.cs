using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Emit;

/// <summary>Writes values as literals of the language.</summary>
internal static class Literals
{
    public static string String(string? text) => text is null ? "null" : SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Returns the text between the quotes of a regular string literal.</summary>
    public static string Inner(string text)
    {
        string quoted = String(text);
        return quoted.Substring(1, quoted.Length - 2);
    }

    public static string Boolean(bool value) => value ? "true" : "false";

    /// <summary>Converts doubled braces to single ones.</summary>
    public static string Unbraced(string template) => new StringBuilder(template).Replace("{{", "{").Replace("}}", "}").ToString();
}
