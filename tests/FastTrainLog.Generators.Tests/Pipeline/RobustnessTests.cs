using System.Collections.Immutable;
using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.Tests.Compiling;
using FastTrainLog.Generators.Tests.Snapshots;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FastTrainLog.Generators.Tests.Pipeline;

public sealed class RobustnessTests
{
    [Theory]
    [MemberData(nameof(FeatureSource.Names), MemberType = typeof(FeatureSource))]
    public async Task No_prefix_of_a_source_makes_the_generator_or_the_analyzer_throw(string feature)
    {
        FeatureSource source = FeatureSource.Named(feature);
        CSharpCompilation compilation = source.Compilation(source.Language);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new TrainLogGenerator().AsSourceGenerator()], parseOptions: Compiled.Options(source.Language));
        for (int length = 0; length <= source.Text.Length; length++)
        {
            CSharpCompilation prefix = compilation.ReplaceSyntaxTree(
                compilation.SyntaxTrees[0], CSharpSyntaxTree.ParseText(source.Text[..length], Compiled.Options(source.Language), cancellationToken: TestContext.Current.CancellationToken));
            driver = driver.RunGenerators(prefix, TestContext.Current.CancellationToken);
            GeneratorRunResult result = driver.GetRunResult().Results.Single();
            Assert.True(result.Exception is null, $"{feature}, first {length} characters: {result.Exception}");

            // The analyzer has the whole source bound, which takes longer; it sees the prefixes that end in punctuation.
            if (length > 0 && (char.IsLetterOrDigit(source.Text[length - 1]) || char.IsWhiteSpace(source.Text[length - 1])))
            {
                continue;
            }

            ImmutableArray<Diagnostic> problems = await prefix
                .WithAnalyzers([new TrainLogMethodAnalyzer()])
                .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(problems, static d => d.Id == "AD0001");
        }
    }
}
