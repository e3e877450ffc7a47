using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Determines the line ending of a file.</summary>
internal static class LineEnds
{
    public static string Of(SyntaxNode root)
    {
        string text = root.SyntaxTree.GetText().Lines is { Count: > 1 } lines ? root.SyntaxTree.ToString().Substring(lines[0].End, lines[0].EndIncludingLineBreak - lines[0].End) : "\n";
        return text.Length > 0 ? text : "\n";
    }
}
