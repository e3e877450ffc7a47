using System.Collections.Immutable;
using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.Tests.Compiling;
using FastTrainLog.Generators.Tests.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.Tests.CodeFixes;

/// <summary>Sources as an editor holds them, to which a code fix is applied.</summary>
internal sealed class FixedSources : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();
    private readonly ProjectId _project = ProjectId.CreateNewId();
    private readonly CodeFixProvider _fix;
    private Solution _solution;
    private bool _isFed;

    public FixedSources(CodeFixProvider fix, params string[] sources)
        : this(fix, OutputKind.DynamicallyLinkedLibrary, sources)
    {
    }

    public FixedSources(CodeFixProvider fix, OutputKind kind, params string[] sources)
    {
        _fix = fix;
        _solution = _workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(
                _project,
                VersionStamp.Default,
                "Edited",
                "Edited",
                LanguageNames.CSharp,
                compilationOptions: Compiled.Library.WithOutputKind(kind).WithGeneralDiagnosticOption(ReportDiagnostic.Default),
                parseOptions: Compiled.Options(LanguageVersion.CSharp12),
                metadataReferences: Compiled.Platform));
        for (int i = 0; i < sources.Length; i++)
        {
            _solution = _solution.AddDocument(DocumentId.CreateNewId(_project), $"Source{i}.cs", SourceText.From(sources[i], System.Text.Encoding.UTF8), filePath: $"Source{i}.cs");
        }
    }

    /// <summary>Gets the texts of the sources as they are now.</summary>
    public string[] Texts => [.. Documents.Select(static d => d.GetTextAsync().Result.ToString())];

    private IEnumerable<Document> Documents => _solution.GetProject(_project)!.Documents.OrderBy(static d => d.Name, StringComparer.Ordinal);

    /// <summary>Returns the problems that the fix mends.</summary>
    public async Task<ImmutableArray<Diagnostic>> Fixable()
    {
        foreach (string text in _isFed ? [] : Texts)
        {
            await HalfTyped.Feed(text, LanguageVersion.CSharp12);
        }

        _isFed = true;
        Compilation compilation = (await _solution.GetProject(_project)!.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        PlatformGenerator.BesideOurs(LanguageVersion.CSharp12).RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _, TestContext.Current.CancellationToken);
        ImmutableArray<Diagnostic> all = await compilation.WithAnalyzers([new ConversionAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(all, static d => d.Id == "AD0001");
        return [.. all.Where(d => _fix.FixableDiagnosticIds.Contains(d.Id)).OrderBy(static d => d.Location.SourceTree!.FilePath, StringComparer.Ordinal).ThenBy(static d => d.Location.SourceSpan.Start)];
    }

    /// <summary>Mends the first problem alone.</summary>
    public async Task FixFirst()
    {
        Diagnostic first = (await Fixable())[0];
        var actions = new List<CodeAction>();
        await _fix.RegisterCodeFixesAsync(new CodeFixContext(
            _solution.GetDocument(first.Location.SourceTree)!, first, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
        await Apply(Assert.Single(actions));
    }

    /// <summary>Mends all problems of a scope at once.</summary>
    public async Task FixAll(FixAllScope scope = FixAllScope.Project)
    {
        ImmutableArray<Diagnostic> all = await Fixable();
        var provider = new Found(all);
        var context = new FixAllContext(
            _solution.GetDocument(all[0].Location.SourceTree)!, _fix, scope, null, _fix.FixableDiagnosticIds, provider, TestContext.Current.CancellationToken);
        await Apply((await _fix.GetFixAllProvider()!.GetFixAsync(context))!);
    }

    /// <summary>Checks that the sources compile with the generator and the platform's, warnings as errors.</summary>
    public void AssertCompiles()
    {
        CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, Texts);
        compilation = compilation.WithOptions(((CSharpCompilationOptions)_solution.GetProject(_project)!.CompilationOptions!).WithGeneralDiagnosticOption(ReportDiagnostic.Error));
        PlatformGenerator.BesideOurs(LanguageVersion.CSharp12).RunGeneratorsAndUpdateCompilation(compilation, out Compilation updated, out _, TestContext.Current.CancellationToken);
        Assert.Empty(updated.GetDiagnostics(TestContext.Current.CancellationToken).Where(static d => d.Severity >= DiagnosticSeverity.Warning));
    }

    public void Dispose() => _workspace.Dispose();

    private async Task Apply(CodeAction action)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(TestContext.Current.CancellationToken);
        _solution = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution;
    }

    private sealed class Found(ImmutableArray<Diagnostic> all) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(all);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(all.Where(d => d.Location.SourceTree!.FilePath == document.FilePath));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
