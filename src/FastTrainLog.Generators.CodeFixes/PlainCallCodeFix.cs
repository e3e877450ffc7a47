using System.Collections.Immutable;
using System.Composition;
using FastTrainLog.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Turns plain calls such as <c>logger.LogInformation("{A}", a)</c> into <c>[TrainLog]</c> methods of the calling type.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PlainCallCodeFix))]
[Shared]
public sealed class PlainCallCodeFix : CodeFixProvider
{
    private const string Title = "Turn into a [TrainLog] method";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Descriptors.PlainCall.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new InTurnFixAll(Title, PlainCallConversion.Convert);

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, cancellation => PlainCallConversion.Convert(context.Document, [diagnostic.Location.SourceSpan], cancellation), nameof(PlainCallCodeFix)),
                diagnostic);
        }

        return Task.CompletedTask;
    }
}
