using System.Collections.Immutable;
using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.Tests.Compiling;
using FastTrainLog.Generators.Tests.Snapshots;
using FastTrainLog.Tests.Shared;
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
        for (int length = 0; length <= source.Text.Length; length += Campaign.Of(29, 7, 1))
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

    [Fact]
    public async Task No_prefix_of_a_program_makes_an_analyzer_or_a_code_fix_throw()
    {
        const string Source = """
            using System;
            using FastTrainLog;
            using Microsoft.Extensions.Logging;

            internal static partial class Log
            {
                [LoggerMessage(1, LogLevel.Information, "{Count}")]
                private static partial void Counted(ILogger logger, int count);

                [TrainLog(2, LogLevel.Information, "{Text} {Any}")]
                private static partial void Said(ILogger logger, string text, object any);

                public static void Run(ILogger? logger, int count, string name)
                {
                    logger?.LogInformation(new EventId(3, "Three"), new Exception(), "{Count} of {Name,-5:X}", count, name);
                    logger!.Log(LogLevel.Warning, 4, $"{count}");
                    if (logger!.IsEnabled(LogLevel.Debug))
                    {
                        Said(any: new { count }, logger: logger, text: name + $"{count:F1}" + nameof(name));
                    }

                    try
                    {
                        Said(logger, count.ToString(), new[] { count }[^1]);
                    }
                    catch (Exception e) when (e is { Message: "m" })
                    {
                        Said(logger, $"{e}", count switch { 1 => 2, _ => (object)3.5 });
                    }
                }
            }
            """;
        CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, Source);
        Assert.DoesNotContain(compilation.GetDiagnostics(TestContext.Current.CancellationToken), static d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS8795");
        await HalfTyped.Feed(Source, LanguageVersion.CSharp12, step: Campaign.Of(17, 5, 1));
    }

    // No prefix shows these to the parser: an attribute belongs to a method once both are there.
    [Theory]
    [InlineData("TrainLog(")]
    [InlineData("TrainLog(3, )")]
    [InlineData("TrainLog(LogLevel.Error, 3)")]
    [InlineData("TrainLog(1, LogLevel.Unknown, Nothing, EventName = )")]
    [InlineData("TrainLog(Message = 3, SampleEvery = \"\", FirstN = null, MaxPerSecond)")]
    public Task No_half_typed_attribute_makes_anything_throw(string attribute) => HalfTyped.Feed(
        $$"""
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        static partial class Log { [{{attribute}}] static partial void M(ILogger logger, int a); }
        """,
        LanguageVersion.CSharp12,
        step: Campaign.Of(17, 5, 1));
}
