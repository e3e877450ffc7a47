using FastTrainLog.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Applies a file's suppressions of <c>[LoggerMessage]</c> diagnostics to ours.</summary>
internal static class SuppressedDiagnostics
{
    private const string Theirs = "SYSLIB1";
    private const string Ours = "FTL0";

    private static readonly HashSet<string> Known =
        [.. typeof(Descriptors).GetFields().Select(static f => f.GetValue(null)).OfType<DiagnosticDescriptor>().Select(static d => d.Id)];

    /// <summary>Writes our identifiers after theirs in the file's pragmas.</summary>
    public static SyntaxNode AddOurs(SyntaxNode root)
    {
        IEnumerable<SyntaxTrivia> pragmas = root.DescendantTrivia().Where(static t => t.GetStructure() is PragmaWarningDirectiveTriviaSyntax pragma && Missing(pragma).Any());
        return root.ReplaceTrivia(pragmas, static (trivia, _) => SyntaxFactory.Trivia(WithOurs((PragmaWarningDirectiveTriviaSyntax)trivia.GetStructure()!)));
    }

    private static PragmaWarningDirectiveTriviaSyntax WithOurs(PragmaWarningDirectiveTriviaSyntax pragma)
    {
        ExpressionSyntax last = pragma.ErrorCodes[pragma.ErrorCodes.Count - 1];
        SeparatedSyntaxList<ExpressionSyntax> codes = pragma.ErrorCodes.Replace(last, last.WithoutTrailingTrivia());
        string[] missing = [.. Missing(pragma)];
        for (int i = 0; i < missing.Length; i++)
        {
            ExpressionSyntax code = SyntaxFactory.IdentifierName(missing[i]).WithLeadingTrivia(SyntaxFactory.Space);
            codes = codes.Add(i == missing.Length - 1 ? code.WithTrailingTrivia(last.GetTrailingTrivia()) : code);
        }

        return pragma.WithErrorCodes(codes);
    }

    private static IEnumerable<string> Missing(PragmaWarningDirectiveTriviaSyntax pragma)
    {
        string[] codes = [.. pragma.ErrorCodes.Select(static c => c.ToString().Trim())];
        return codes
            .Where(static c => c.StartsWith(Theirs, StringComparison.Ordinal))
            .Select(static c => Ours + c.Substring(Theirs.Length))
            .Where(c => Known.Contains(c) && !codes.Contains(c));
    }
}
