using System.Collections.Immutable;
using FastTrainLog.Generators.Tests.Compiling;
using FastTrainLog.Generators.Tests.Pipeline;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>Compares an analyzer's diagnostics with those that a source announces: <c>[|place|]</c> stands around the place of each.</summary>
internal static class Expected
{
    /// <summary>Checks that an analyzer reports one diagnostic, at the marked place, and nothing else but one that follows from it.</summary>
    public static async Task Single(
        DiagnosticAnalyzer analyzer, string id, DiagnosticSeverity severity, string message, string marked, LanguageVersion language = LanguageVersion.CSharp13, string? and = null)
    {
        ImmutableArray<Diagnostic> all = await Analyze(analyzer, marked, language);
        Assert.Equal(and is null ? [id] : new[] { id, and }.Order(), all.Select(static d => d.Id).Order());
        Diagnostic diagnostic = all.Single(d => d.Id == id);
        Assert.Equal((id, severity, message), (diagnostic.Id, diagnostic.Severity, diagnostic.GetMessage()));
        TextSpan place = Place(marked);
        Assert.Equal(Unmarked(marked).Substring(place.Start, place.Length), diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.Equal(place, diagnostic.Location.SourceSpan);
    }

    /// <summary>Returns the one diagnostic that an analyzer reports.</summary>
    public static async Task<(string Id, DiagnosticSeverity Severity)> Only(DiagnosticAnalyzer analyzer, string marked)
    {
        Diagnostic diagnostic = Assert.Single(await Analyze(analyzer, marked, LanguageVersion.CSharp13));
        Assert.Equal(Place(marked), diagnostic.Location.SourceSpan);
        return (diagnostic.Id, diagnostic.Severity);
    }

    /// <summary>Checks that an analyzer reports nothing.</summary>
    public static async Task None(DiagnosticAnalyzer analyzer, string source) => Assert.Empty(await Analyze(analyzer, source, LanguageVersion.CSharp13));

    private static async Task<ImmutableArray<Diagnostic>> Analyze(DiagnosticAnalyzer analyzer, string marked, LanguageVersion language)
    {
        await HalfTyped.Feed(Unmarked(marked), language);
        CSharpCompilation compilation = Compiled.Source(language, Unmarked(marked));
        compilation = compilation.WithOptions(compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        PlatformGenerator.BesideOurs(language).RunGeneratorsAndUpdateCompilation(compilation, out Compilation updated, out ImmutableArray<Diagnostic> generated, TestContext.Current.CancellationToken);
        ImmutableArray<Diagnostic> analyzed = await updated.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(analyzed, static d => d.DefaultSeverity == DiagnosticSeverity.Error);
        return [.. generated.Where(static d => d.Id.StartsWith("FTL", StringComparison.Ordinal)), .. analyzed];
    }

    private static string Unmarked(string marked) => marked.Replace("[|", string.Empty).Replace("|]", string.Empty);

    private static TextSpan Place(string marked)
    {
        int start = marked.IndexOf("[|", StringComparison.Ordinal);
        int end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        Assert.True(start >= 0 && end >= start, "The source marks no place.");
        return TextSpan.FromBounds(start, end);
    }
}
