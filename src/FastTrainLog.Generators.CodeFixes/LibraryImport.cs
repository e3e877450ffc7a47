using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Imports the library's namespace if it is not imported yet.</summary>
internal static class LibraryImport
{
    private const string Namespace = "FastTrainLog";

    /// <summary>Adds the import to a changed file.</summary>
    /// <param name="root">The changed file.</param>
    /// <param name="model">The model of the file before the change.</param>
    /// <param name="position">A position in the file before the change at which the attribute must be visible.</param>
    public static CompilationUnitSyntax AddTo(CompilationUnitSyntax root, SemanticModel model, int position)
    {
        if (!model.LookupNamespacesAndTypes(position, name: "TrainLogAttribute").IsEmpty)
        {
            return root;
        }

        UsingDirectiveSyntax import = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(Namespace).WithLeadingTrivia(SyntaxFactory.Space))
            .WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnds.Of(root)));
        int index = 0;
        while (index < root.Usings.Count && ComesFirst(root.Usings[index]))
        {
            index++;
        }

        if (index == 0)
        {
            // What is at the top of the file, such as its licence, stays there.
            SyntaxToken first = root.GetFirstToken(includeZeroWidth: true);
            import = import.WithLeadingTrivia(first.LeadingTrivia);
            root = root.ReplaceToken(first, first.WithLeadingTrivia(root.Usings.Count == 0 ? SyntaxFactory.TriviaList(SyntaxFactory.EndOfLine(LineEnds.Of(root))) : default));
        }

        return root.WithUsings(root.Usings.Insert(index, import));
    }

    private static bool ComesFirst(UsingDirectiveSyntax import)
    {
        string name = import.Name?.ToString() ?? string.Empty;
        return !import.GlobalKeyword.IsKind(SyntaxKind.None)
            || (import.Alias is null
                && import.StaticKeyword.IsKind(SyntaxKind.None)
                && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal) || string.CompareOrdinal(name, Namespace) < 0));
    }
}
