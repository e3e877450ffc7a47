using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Compiling;

/// <summary>Source code compiled in memory together with what a generator made of it.</summary>
internal sealed class Compiled
{
    /// <summary>The framework, the library and what else these tests run with.</summary>
    public static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => !Path.GetFileName(path).StartsWith("xunit", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private Compiled(CSharpCompilation compilation, GeneratorDriverRunResult run)
    {
        Compilation = compilation;
        Run = run;
    }

    public CSharpCompilation Compilation { get; }

    public GeneratorDriverRunResult Run { get; }

    /// <summary>Gets what was generated, by the file's name.</summary>
    public IReadOnlyDictionary<string, string> Generated => Run.Results.Single().GeneratedSources
        .ToDictionary(static s => s.HintName, static s => s.SourceText.ToString(), StringComparer.Ordinal);

    /// <summary>Gets the errors and warnings of the source and of what was generated.</summary>
    public IEnumerable<Diagnostic> Problems => Compilation.GetDiagnostics().Where(static d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed);

    public static Compiled WithTrainLog(string source, LanguageVersion language = LanguageVersion.CSharp13) => WithTrainLog(Source(language, source));

    public static Compiled WithTrainLog(CSharpCompilation compilation) => With(new TrainLogGenerator().AsSourceGenerator(), compilation);

    public static Compiled With(ISourceGenerator generator, CSharpCompilation compilation)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create([generator], parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options);
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation updated, out _);
        return new Compiled((CSharpCompilation)updated, driver.GetRunResult());
    }

    /// <summary>Returns a compilation of sources alone.</summary>
    public static CSharpCompilation Source(LanguageVersion language, params string[] sources) => CSharpCompilation.Create(
        "Compiled",
        sources.Select((text, i) => CSharpSyntaxTree.ParseText(text, Options(language), $"Source{i}.cs", System.Text.Encoding.UTF8)),
        Platform,
        Library);

    /// <summary>Gets the options of a library with all warnings as errors.</summary>
    public static CSharpCompilationOptions Library { get; } = new(
        OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable, generalDiagnosticOption: ReportDiagnostic.Error);

    public static CSharpParseOptions Options(LanguageVersion language) => new(language, DocumentationMode.Parse);

    /// <summary>Compiles to an assembly and loads it.</summary>
    /// <param name="allowWarnings">Whether only errors fail the test.</param>
    public Assembly Load(bool allowWarnings = false)
    {
        string problems = string.Join("\n", Problems
            .Where(d => !allowWarnings || d.DefaultSeverity == DiagnosticSeverity.Error)
            .Select(static d => $"{d.GetMessage()} ({d.Id}): {d.Location.SourceTree?.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}"));
        Assert.True(problems.Length == 0, problems);
        using var image = new MemoryStream();
        Assert.True(Compilation.WithOptions(Compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)).Emit(image).Success);
        return Assembly.Load(image.ToArray());
    }
}
