using System.Collections.Immutable;
using System.Composition;
using FastTrainLog.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Converts <c>[LoggerMessage]</c> and <c>[ZLoggerMessage]</c> methods to <c>[TrainLog]</c> ones: the arguments stay unchanged.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OtherAttributeCodeFix))]
[Shared]
public sealed class OtherAttributeCodeFix : CodeFixProvider
{
    private const string Title = "Use [TrainLog]";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Descriptors.OtherAttribute.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new InTurnFixAll(Title, Convert);

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, cancellation => Convert(context.Document, [diagnostic.Location.SourceSpan], cancellation), nameof(OtherAttributeCodeFix)),
                diagnostic);
        }

        return Task.CompletedTask;
    }

    private static async Task<Document> Convert(Document document, ImmutableArray<TextSpan> attributes, CancellationToken cancellation)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false))!;
        var replaced = new Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>>();
        foreach (AttributeSyntax attribute in attributes.Select(span => root.FindNode(span)).OfType<AttributeSyntax>())
        {
            replaced[attribute] = static node => ((AttributeSyntax)node).WithName(SyntaxFactory.IdentifierName("TrainLog").WithTriviaFrom(((AttributeSyntax)node).Name));
            ZLoggerNames.Replace(attribute, model, replaced, cancellation);
        }

        SyntaxNode changed = root.ReplaceNodes(replaced.Keys, (original, node) => replaced[original](node));
        changed = SuppressedDiagnostics.AddOurs(changed);
        return document.WithSyntaxRoot(LibraryImport.AddTo((CompilationUnitSyntax)changed, model, attributes[0].Start));
    }
}
