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
        var homes = new Dictionary<(SyntaxNode Anchor, bool IsOwn), MethodHome>();
        TextSpan converted = default;
        foreach (TextSpan span in places.OrderBy(static p => p.Start))
        {
            // A call inside the arguments of another one stays for the next time.
            if (converted.Contains(span)
                || root.FindNode(span, getInnermostNodeForTie: true) is not InvocationExpressionSyntax syntax
                || model.GetOperation(syntax, cancellation) is not IInvocationOperation invocation
                || PlainLogCall.Read(invocation) is not { } call)
            {
                continue;
            }

            converted = span;
            (SyntaxNode, bool) place = (call.Home.Anchor, call.Home.Type is not null);
            if (!homes.TryGetValue(place, out MethodHome? home))
            {
                homes.Add(place, home = MethodHome.At(call.Home, model));
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

        // By default the formatter uses the line ending of the machine, not that of the file.
        OptionSet options = await document.GetOptionsAsync(cancellation).ConfigureAwait(false);
        return await Formatter.FormatAsync(
            document, Formatter.Annotation, options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, LineEnds.Of(root)), cancellation).ConfigureAwait(false);
    }

    private static ArgumentListSyntax Arguments(PlainLogCall call)
    {
        IEnumerable<IOperation> values = new[] { call.Logger, call.Level, call.Exception }.OfType<IOperation>().Concat(call.Values);
        return SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(
            values.Select(static v => SyntaxFactory.Argument(PlainLogCall.Written(v.Syntax).WithoutTrivia())),
            Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), values.Count() - 1)));
    }
}
