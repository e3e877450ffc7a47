using System.Collections.Immutable;
using FastTrainLog.Generators.Memory;
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

    // Taken over without asking, or asked again with the same answer: nothing behind it runs in either case.
    private const IncrementalStepRunReason Same = IncrementalStepRunReason.Cached;

    private const string Unrelated = "namespace Run; public static class Unrelated { public static int Value => 1; }";

    [Theory]
    [InlineData("=> 1", "=> 2")]
    [InlineData("=> 1", "=> 1; public static int Other => 2")]
    public void An_unrelated_edit_leaves_every_step_cached_or_unchanged(string old, string replacement)
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start();
        driver = driver.RunGenerators(Edit(compilation, 2, old, replacement), TestContext.Current.CancellationToken);

        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Superset(new HashSet<string> { Steps.Files, Steps.Types, Steps.ZLogger }, result.TrackedSteps.Keys.ToHashSet());
        AssertReasons(result, Steps.Files, Same, Same);
        AssertReasons(result, Steps.Types, Same, Same);
        AssertReasons(result, Steps.ZLogger, Same);
        AssertOutputs(result, Same, Same);
    }

    [Fact]
    public void An_edit_to_one_class_rebuilds_only_that_class()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start();
        driver = driver.RunGenerators(Edit(compilation, 1, "{Loss}", "loss {Loss}"), TestContext.Current.CancellationToken);

        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        AssertReasons(result, Steps.Files, Same, IncrementalStepRunReason.Modified);
        AssertReasons(result, Steps.Types, Same, IncrementalStepRunReason.Modified);
        AssertOutputs(result, Same, IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void An_edit_to_an_enum_rebuilds_the_class_that_logs_it()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start();
        driver = driver.RunGenerators(Edit(compilation, 0, "Steady }", "Steady, Cooldown }"), TestContext.Current.CancellationToken);

        AssertReasons(driver.GetRunResult().Results.Single(), Steps.Types, IncrementalStepRunReason.Modified, Same);
        Assert.Contains("Cooldown", driver.GetRunResult().GeneratedTrees.Single(static t => t.FilePath.EndsWith("First.TrainLog.g.cs", StringComparison.Ordinal)).ToString());
    }

    [Fact]
    public void An_edit_to_a_record_that_is_taken_apart_rebuilds_the_class_that_logs_it()
    {
        (CSharpCompilation compilation, GeneratorDriver driver) = Start(First, Second.Replace("double loss", "[LogFields] Config loss").Replace("{Loss}", "m"), "namespace Run; public sealed record Config(int A);");
        driver = driver.RunGenerators(Edit(compilation, 2, "int A", "int A, [FastTrainLog.SecretData] string B"), TestContext.Current.CancellationToken);

        AssertReasons(driver.GetRunResult().Results.Single(), Steps.Types, Same, IncrementalStepRunReason.Modified);
        string generated = driver.GetRunResult().GeneratedTrees.Single(static t => t.FilePath.EndsWith("Second.TrainLog.g.cs", StringComparison.Ordinal)).ToString();
        Assert.Contains("Redact(logger, typeof(global::FastTrainLog.SecretDataAttribute), loss?.B)", generated);
    }

    [Fact]
    public void Types_whose_names_differ_in_case_alone_have_a_file_each()
    {
        (_, GeneratorDriver driver) = Start(First, First.Replace("enum Phase", "enum Other").Replace("class First", "class FIRST"));
        Assert.Equal(2, driver.GetRunResult().GeneratedTrees.Length);
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

    /// <summary>What is remembered of a file must not outlive any change that makes its methods mean something else.</summary>
    [Fact]
    public void After_each_of_many_edits_the_driver_has_what_a_new_one_generates()
    {
        CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, EditedSources.Files);
        GeneratorDriver driver = NewDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        string before = Text(driver);
        foreach ((int tree, string old, string replacement, bool changes) in EditedSources.Edits)
        {
            compilation = Edit(compilation, tree, old, replacement);
            driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
            string after = Text(driver);
            Assert.Equal(GeneratedAnew(compilation), after);
            Assert.True(changes == (before != after), $"{old} -> {replacement}");
            before = after;
        }

        compilation = compilation.RemoveAllReferences().AddReferences(Compiled.Platform.Where(static r => !r.Display!.EndsWith("FastTrainLog.dll", StringComparison.Ordinal)));
        Assert.Empty(Text(driver.RunGenerators(compilation, TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_edits_made_and_undone_in_any_order_the_driver_has_what_a_new_one_generates(int seed)
    {
        var random = new Random(seed);
        CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, EditedSources.Files);
        GeneratorDriver driver = NewDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var done = new List<string>();
        while (done.Count < 150)
        {
            (int tree, string old, string replacement, _) = EditedSources.Edits[random.Next(EditedSources.Edits.Length)];
            (old, replacement) = random.Next(2) == 0 ? (old, replacement) : (replacement, old);
            if (!compilation.SyntaxTrees[tree].ToString().Contains(old, StringComparison.Ordinal))
            {
                continue;
            }

            // Some of the edits come together, as by a refactoring.
            compilation = Edit(compilation, tree, old, replacement);
            done.Add($"{old} -> {replacement}");
            if (random.Next(4) > 0)
            {
                driver = driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
                string generated = GeneratedAnew(compilation);
                Assert.True(generated == Text(driver), $"after {string.Join("; ", done)}");
            }
        }
    }

    [Theory]
    [InlineData(0, "Warmup", "Start", "First")]
    [InlineData(1, "int A", "long A", "Second")]
    [InlineData(1, "record Config", "record Configuration", "Second")]
    [InlineData(1, "enum Mode", "enum Modes", "")]
    [InlineData(2, "int Value", "int Other", "")]
    [InlineData(2, "=> 1;", "=> 1; public static void Trained(ILogger logger, Phase phase) { }", "")]
    [InlineData(2, "class Unrelated", "class Phase", "First")]
    [InlineData(2, "class Unrelated", "class LogFields", "Second")]
    [InlineData(2, "class Unrelated", "class LogFieldsAttribute", "Second")]
    [InlineData(2, "namespace Run", "namespace Run.FastTrainLog", "First, Second")]
    [InlineData(2, "namespace Run", "namespace System", "First, Second")]
    [InlineData(2, "class Unrelated", "class Config", "Second")]
    [InlineData(2, "class Unrelated", "class Third", "")]
    [InlineData(2, "class Unrelated", "class ILogger", "First")]
    [InlineData(2, "namespace Run", "global using System; namespace Run", "First, Second")]
    public void An_edit_reaches_the_files_that_it_may_mean_something_to(int tree, string old, string replacement, string reached)
    {
        CSharpCompilation before = Compiled.Source(
            LanguageVersion.CSharp12,
            "namespace Run; public enum Phase { Warmup, Steady }",
            "namespace Run; public sealed record Config(int A); public enum Mode { On }",
            Unrelated,
            First.Replace("public enum Phase { Warmup, Steady }", string.Empty),
            Second.Replace("double loss", "[LogFields] Config loss").Replace("{Loss}", "m"));
        SurfaceChanges changes = Surface.Of(Edit(before, tree, old, replacement)).ChangesSince(Surface.Of(before));
        Assert.Equal(reached, string.Join(", ", new[] { "First", "Second" }.Where((_, i) => changes.Reach(TreeSurface.Of(before.SyntaxTrees[3 + i])))));
    }

    [Fact]
    public void A_namespace_without_types_reaches_the_files_that_look_a_name_up_in_it()
    {
        CSharpCompilation before = Compiled.Source(LanguageVersion.CSharp12, "namespace Other { }", Second);
        SurfaceChanges changes = Surface.Of(Edit(before, 0, "Other", "Run.FastTrainLog")).ChangesSince(Surface.Of(before));
        Assert.True(changes.Reach(TreeSurface.Of(before.SyntaxTrees[1])));
    }

    [Theory]
    [InlineData("internal", true)]
    [InlineData("internal", false)]
    [InlineData("private protected", true)]
    public void What_another_assembly_shows_to_its_friends_is_read_again_where_the_name_of_the_assembly_changes(string accessibility, bool isProject)
    {
        CSharpCompilation library = Compiled.Source(
            LanguageVersion.CSharp12,
            $$"""
            [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Friend")]
            public class Loop { {{accessibility}} Microsoft.Extensions.Logging.ILogger? _logger; }
            """).WithAssemblyName("Library");
        using var image = new MemoryStream();
        Assert.True(library.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        CSharpCompilation stranger = Compiled.Source(
            LanguageVersion.CSharp12,
            """
            using FastTrainLog;
            using Microsoft.Extensions.Logging;
            public partial class Trainer : Loop { [TrainLog(1, LogLevel.Information, "m")] private partial void Started(); }
            """).WithAssemblyName("Stranger").AddReferences(isProject ? library.ToMetadataReference() : MetadataReference.CreateFromImage(image.ToArray()));
        GeneratorDriver driver = NewDriver().RunGenerators(stranger, TestContext.Current.CancellationToken);
        Assert.Empty(Text(driver));
        Assert.Contains("this._logger", Text(driver.RunGenerators(stranger.WithAssemblyName("Friend"), TestContext.Current.CancellationToken)));
    }

    /// <summary>A compiler that stays between builds has equal options and references, but parses every file anew.</summary>
    [Fact]
    public void A_second_build_of_a_compiler_whose_resolver_cannot_be_compared_generates_the_same()
    {
        Assert.Equal(Build(), Build());

        static string Build()
        {
            CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, First, Second);
            compilation = compilation.WithOptions(compilation.Options.WithMetadataReferenceResolver(new IncomparableResolver()));
            GeneratorDriver driver = NewDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
            Assert.Null(driver.GetRunResult().Results.Single().Exception);
            return Text(driver);
        }
    }

    // From text: what is remembered is remembered of a parsed file.
    private static string GeneratedAnew(CSharpCompilation compilation) =>
        Text(NewDriver().RunGenerators(Compiled.Source(LanguageVersion.CSharp12, [.. compilation.SyntaxTrees.Select(static t => t.ToString())])));

    private static string Text(GeneratorDriver driver) => string.Join('\n', driver.GetRunResult().GeneratedTrees.Select(static t => t.ToString()));

    private static (CSharpCompilation Compilation, GeneratorDriver Driver) Start() => Start(First, Second, Unrelated);

    private static (CSharpCompilation Compilation, GeneratorDriver Driver) Start(params string[] sources)
    {
        CSharpCompilation compilation = Compiled.Source(LanguageVersion.CSharp12, sources);
        return (compilation, NewDriver().RunGenerators(compilation, TestContext.Current.CancellationToken));
    }

    private static GeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(
        [new TrainLogGenerator().AsSourceGenerator()],
        parseOptions: Compiled.Options(LanguageVersion.CSharp12),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private static CSharpCompilation Edit(CSharpCompilation compilation, int tree, string old, string replacement)
    {
        SyntaxTree before = compilation.SyntaxTrees[tree];
        string text = before.ToString();
        Assert.Contains(old, text);
        return compilation.ReplaceSyntaxTree(before, before.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text.Replace(old, replacement))));
    }

    private static void AssertReasons(GeneratorRunResult result, string step, params IncrementalStepRunReason[] expected) =>
        Assert.Equal(expected, result.TrackedSteps[step].SelectMany(static r => r.Outputs).Select(static o => Fold(o.Reason)));

    private static void AssertOutputs(GeneratorRunResult result, params IncrementalStepRunReason[] expected) =>
        Assert.Equal(expected, result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => Fold(o.Reason)));

    private static IncrementalStepRunReason Fold(IncrementalStepRunReason reason) => reason == IncrementalStepRunReason.Unchanged ? Same : reason;

    private sealed class IncomparableResolver : MetadataReferenceResolver
    {
        public override bool Equals(object? other) => throw new NotSupportedException();

        public override int GetHashCode() => throw new NotSupportedException();

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) => [];
    }
}
