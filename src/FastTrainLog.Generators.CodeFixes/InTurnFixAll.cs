using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Fixes all places of a file at once and the files one after the other, so that the parts of a type do not get two methods with one name.</summary>
/// <param name="title">The title of the change.</param>
/// <param name="convert">Changes the given places of a document.</param>
internal sealed class InTurnFixAll(string title, Func<Document, ImmutableArray<TextSpan>, CancellationToken, Task<Document>> convert) : FixAllProvider
{
    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
    {
        ImmutableArray<Diagnostic> diagnostics = context.Scope switch
        {
            FixAllScope.Document when context.Document is { } document => await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false),
            FixAllScope.Project => await context.GetAllDiagnosticsAsync(context.Project).ConfigureAwait(false),
            FixAllScope.Solution => await AllOf(context).ConfigureAwait(false),
            _ => [],
        };
        return CodeAction.Create(title, cancellation => Fix(context.Solution, diagnostics, cancellation), title);
    }

    private static async Task<ImmutableArray<Diagnostic>> AllOf(FixAllContext context)
    {
        ImmutableArray<Diagnostic>.Builder all = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (Project project in context.Solution.Projects)
        {
            all.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
        }

        return all.ToImmutable();
    }

    private async Task<Solution> Fix(Solution solution, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        foreach (IGrouping<SyntaxTree?, Diagnostic> file in diagnostics.Where(static d => d.Location.IsInSource).GroupBy(static d => d.Location.SourceTree))
        {
            // By the original syntax tree: each file is changed once.
            if (solution.GetDocument(solution.GetDocumentId(file.Key)) is { } document)
            {
                Document changed = await convert(document, [.. file.Select(static d => d.Location.SourceSpan).Distinct()], cancellation).ConfigureAwait(false);
                solution = changed.Project.Solution;
            }
        }

        return solution;
    }
}
