using System.Collections.Immutable;
using FastTrainLog.Generators.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Options;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Replaces plain calls of a file by calls of <c>[TrainLog]</c> methods, which it adds.</summary>
internal static class PlainCallConversion
{
    public static async Task<Document> Convert(Document document, ImmutableArray<TextSpan> places, CancellationToken cancellation)
    {
        var root = (CompilationUnitSyntax)(await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        var editor = new SyntaxEditor(root, document.Project.Solution.Services);
        var homes = new Dictionary<SyntaxNode, MethodHome>();
        TextSpan converted = default;
        foreach (TextSpan place in places.OrderBy(static p => p.Start))
        {
            // A call inside the arguments of another one stays for the next time.
            if (converted.Contains(place)
                || root.FindNode(place, getInnermostNodeForTie: true) is not InvocationExpressionSyntax syntax
                || model.GetOperation(syntax, cancellation) is not IInvocationOperation invocation
                || PlainLogCall.Read(invocation) is not { } call)
            {
                continue;
            }

            converted = place;
            SyntaxNode anchor = MethodHome.AnchorOf(syntax, model);
            if (!homes.TryGetValue(anchor, out MethodHome? home))
            {
                homes.Add(anchor, home = MethodHome.At(anchor, model));
            }

            string method = home.MethodFor(call);
            editor.ReplaceNode(
                syntax,
                SyntaxFactory.InvocationExpression(SyntaxFactory.ParseExpression(method), Arguments(call)).WithTriviaFrom(syntax));
        }

        foreach (MethodHome home in homes.Values)
        {
            home.AddMethods(editor);
        }

        document = document.WithSyntaxRoot(LibraryImport.AddTo((CompilationUnitSyntax)editor.GetChangedRoot(), model, places[0].Start));

        // Left to itself the formatter ends lines as the machine does, not as the file.
        OptionSet options = await document.GetOptionsAsync(cancellation).ConfigureAwait(false);
        return await Formatter.FormatAsync(
            document, Formatter.Annotation, options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, LineEnds.Of(root)), cancellation).ConfigureAwait(false);
    }

    private static ArgumentListSyntax Arguments(PlainLogCall call)
    {
        IEnumerable<IOperation> values = new[] { call.Logger, call.Level, call.Exception }.OfType<IOperation>().Concat(call.Values);
        return SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(
            values.Select(static v => SyntaxFactory.Argument(((ExpressionSyntax)v.Syntax).WithoutTrivia())),
            Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), values.Count() - 1)));
    }
}
