using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Snapshots;

/// <summary>
/// A source file that shows one feature; a first line <c>// C# 13</c> says which language version it needs above 12, or <c>// ZLogger</c> that
/// it is compiled with a reference to ZLogger's stand-in.
/// </summary>
public sealed record FeatureSource(string Name, string Text)
{
    private static readonly string Directory = Path.Combine(TestPaths.ProjectDirectory, "Snapshots");

    public LanguageVersion Language => Text.StartsWith("// C# 13", StringComparison.Ordinal) ? LanguageVersion.CSharp13 : LanguageVersion.CSharp12;

    /// <summary>Returns the source in a compilation.</summary>
    public CSharpCompilation Compilation(LanguageVersion language)
    {
        CSharpCompilation compilation = Compiled.Source(language, Text);
        return Text.StartsWith("// ZLogger", StringComparison.Ordinal) ? compilation.AddReferences(ZLoggerStandIn.Reference) : compilation;
    }

    /// <summary>Gets the path of what the generator is expected to make of it.</summary>
    public string SnapshotPath => Path.Combine(Directory, "Generated", Name + ".txt");

    public static IEnumerable<FeatureSource> All => System.IO.Directory.GetFiles(Path.Combine(Directory, "Sources"), "*.cs")
        .Order(StringComparer.Ordinal)
        .Select(static path => new FeatureSource(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)));

    public static TheoryData<string> Names => [.. All.Select(static f => f.Name)];

    public static FeatureSource Named(string name) => All.Single(f => f.Name == name);
}
