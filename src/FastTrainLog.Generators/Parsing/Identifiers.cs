using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Converts names to identifiers.</summary>
internal static class Identifiers
{
    /// <summary>Puts an <c>@</c> before a reserved keyword.</summary>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None ? "@" + name : name;
}
