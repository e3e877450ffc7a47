using System.Collections.Immutable;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Pipeline;

public sealed class IncrementalTests
{
    private const string First = """
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        namespace Run;
        public enum Phase { Warmup, Steady }
        public static partial class First
        {
            [TrainLog(1, LogLevel.Information, "{Step} {Phase}")] public static partial void Step(ILogger logger, int step, Phase phase);
            [TrainLog(2, LogLevel.Information, "{Step}")] public static partial void Other(ILogger logger, int step);
        }
        """;

    private const string Second = """
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        namespace Run;
        public static partial class Second
        {
            [TrainLog(1, LogLevel.Information, "{Loss}")] public static partial void Loss(TrainLogger logger, double loss);
        }
        """;

    private const string Unrelated = "namespace Run; public static class Unrelated { public static int Value => 1; }";

    [Fact]
    public void An_unrelated_edit_leaves_every_step_cached_or_unchanged()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start();
        driver = driver.RunGenerators(Edit(compilation, 2, "=> 1", "=> 2"), TestContext.Current.CancellationToken);

        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Equal([Steps.Methods, Steps.Types], result.TrackedSteps.Keys.Where(static k => k is Steps.Methods or Steps.Types).Order());
        AssertReasons(result, Steps.Methods, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        AssertReasons(result, Steps.Types, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
        Assert.All(
            result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs),
            static output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Fact]
    public void An_edit_to_one_class_rebuilds_only_that_class()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start();
        driver = driver.RunGenerators(Edit(compilation, 1, "{Loss}", "loss {Loss}"), TestContext.Current.CancellationToken);

        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        AssertReasons(result, Steps.Methods, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified);
        AssertReasons(result, Steps.Types, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified);
        Assert.Equal(
            [IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified],
            result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => o.Reason));
    }

    [Fact]
    public void An_edit_to_an_enum_rebuilds_the_class_that_logs_it()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start();
        driver = driver.RunGenerators(Edit(compilation, 0, "Steady }", "Steady, Cooldown }"), TestContext.Current.CancellationToken);

        AssertReasons(driver.GetRunResult().Results.Single(), Steps.Types, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
        Assert.Contains("Cooldown", driver.GetRunResult().GeneratedTrees.Single(static t => t.FilePath.EndsWith("First.TrainLog.g.cs", StringComparison.Ordinal)).ToString());
    }

    [Fact]
    public void An_edit_to_a_record_that_is_taken_apart_rebuilds_the_class_that_logs_it()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start(First, Second.Replace("double loss", "[LogProperties] Config loss").Replace("{Loss}", "m"), "namespace Run; public sealed record Config(int A);");
        driver = driver.RunGenerators(Edit(compilation, 2, "int A", "int A, [FastTrainLog.SecretData] string B"), TestContext.Current.CancellationToken);

        AssertReasons(driver.GetRunResult().Results.Single(), Steps.Types, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified);
        string generated = driver.GetRunResult().GeneratedTrees.Single(static t => t.FilePath.EndsWith("Second.TrainLog.g.cs", StringComparison.Ordinal)).ToString();
        Assert.Contains("Redact(logger, typeof(global::FastTrainLog.SecretDataAttribute), loss?.B)", generated);
    }

    [Fact]
    public void Two_runs_generate_the_same_text()
    {
        (_, GeneratorDriver first) = Start();
        (_, GeneratorDriver second) = Start();
        Assert.Equal(
            first.GetRunResult().GeneratedTrees.Select(static t => t.ToString()),
            second.GetRunResult().GeneratedTrees.Select(static t => t.ToString()));
    }

    private static (CSharpCompilation Compilation, GeneratorDriver Driver) Start() => Start(First, Second, Unrelated);

    private static (CSharpCompilation Compilation, GeneratorDriver Driver) Start(params string[] sources)
    {
        CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, sources);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new TrainLogGenerator().AsSourceGenerator()],
            parseOptions: Compiled.Options(LanguageVersion.CSharp12),
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return (compilation, driver.RunGenerators(compilation, TestContext.Current.CancellationToken));
    }

    private static CSharpCompilation Edit(CSharpCompilation compilation, int tree, string old, string replacement)
    {
        SyntaxTree before = compilation.SyntaxTrees[tree];
        string text = before.ToString();
        Assert.Contains(old, text);
        return compilation.ReplaceSyntaxTree(before, before.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text.Replace(old, replacement))));
    }

    private static void AssertReasons(GeneratorRunResult result, string step, params IncrementalStepRunReason[] expected)
    {
        ImmutableArray<IncrementalGeneratorRunStep> runs = result.TrackedSteps[step];
        Assert.Equal(expected, runs.SelectMany(static r => r.Outputs).Select(static o => o.Reason));
    }
}
