using System.Collections.Immutable;
using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.CodeFixes;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.Tests.Pipeline;

/// <summary>Sources as they are while they are typed: none may make the generator, an analyzer or a code fix throw.</summary>
internal static class HalfTyped
{
    /// <summary>How many characters apart the places are where the sources of other tests are cut.</summary>
    public const int Step = 17;

    private static readonly AdhocWorkspace Workspace = new();
    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = [new TrainLogMethodAnalyzer(), new ConversionAnalyzer(), new HotPathAnalyzer()];
    private static readonly ImmutableArray<CodeFixProvider> Fixes = [new PlainCallCodeFix(), new OtherAttributeCodeFix()];

    /// <summary>Gives the beginnings of a source to all of them.</summary>
    public static async Task Feed(string source, LanguageVersion language, int step = Step)
    {
        var project = ProjectId.CreateNewId();
        var file = DocumentId.CreateNewId(project);
        Solution solution = Workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(
                project,
                VersionStamp.Default,
                "HalfTyped",
                "HalfTyped",
                LanguageNames.CSharp,
                compilationOptions: Compiled.Library,
                parseOptions: Compiled.Options(language),
                metadataReferences: Compiled.Platform))
            .AddDocument(file, "HalfTyped.cs", SourceText.From(string.Empty));
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new TrainLogGenerator().AsSourceGenerator()], parseOptions: Compiled.Options(language));
        for (int length = 0; length <= source.Length; length += step)
        {
            solution = solution.WithDocumentText(file, SourceText.From(source[..length]));
            Compilation compilation = (await solution.GetProject(project)!.GetCompilationAsync(TestContext.Current.CancellationToken))!;
            driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
            Assert.Null(driver.GetRunResult().Results.Single().Exception);
            ImmutableArray<Diagnostic> problems = await compilation.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(problems, static d => d.Id == "AD0001");
            foreach (Diagnostic problem in problems)
            {
                await Fix(solution.GetDocument(file)!, problem);
            }
        }
    }

    private static async Task Fix(Document document, Diagnostic problem)
    {
        foreach (CodeFixProvider fix in Fixes.Where(f => f.FixableDiagnosticIds.Contains(problem.Id)))
        {
            var actions = new List<CodeAction>();
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, problem, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
            Assert.NotEmpty(await Assert.Single(actions).GetOperationsAsync(TestContext.Current.CancellationToken));
        }
    }
}
