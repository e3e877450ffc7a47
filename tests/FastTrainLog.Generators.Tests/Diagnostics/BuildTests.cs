using System.Text.RegularExpressions;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>What a person reads who builds from the command line, where a method without a body keeps analyzers from running.</summary>
public sealed class BuildTests
{
    // Each in a class of its own; $ stands for the class.
    private static readonly Dictionary<string, string> Mistakes = new()
    {
        ["FTL0007"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial int M(ILogger logger); }""",
        ["FTL0008"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(); }""",
        ["FTL0010"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static void M(ILogger logger); }""",
        ["FTL0011"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m {t}")] public static partial void M<T>(ILogger logger, T t) where T : allows ref struct; }""",
        ["FTL0014"] = """partial class $ { [TrainLog(LogLevel.Information, "x {Loss} {Stpe}")] public static partial void X(TrainLogger l, double loss, int step); }""",
        ["FTL0016"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger) { } }""",
        ["FTL0017"] = """partial class $ { [TrainLog("m")] public static partial void M(ILogger logger); }""",
        ["FTL0019"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public partial void M(); }""",
        ["FTL0020"] = """partial class $(ILogger a, TrainLogger b) { [TrainLog(1, LogLevel.Information, "m")] public partial void M(); }""",
        ["FTL0021"] = """partial class $ { [TrainLog(1, LogLevel.Information, "{Loss} {loss}")] public static partial void M(ILogger logger, int loss); }""",
        ["FTL0022"] = """partial class $ { [TrainLog(1, LogLevel.Information, "{Loss")] public static partial void M(ILogger logger, int loss); }""",
        ["FTL0024"] = """partial class $ { [TrainLog(1, LogLevel.Information, "{loss}")] public static partial void M(ILogger logger, out int loss); }""",
        ["FTL0029"] = """partial class $ { [TrainLog(1, LogLevel.Information, "{loss}")] public static unsafe partial void M(ILogger logger, int* loss); }""",
        ["FTL0030"] = """file partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger); }""",
        ["FTL0031"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m", FirstN = -1)] public static partial void M(ILogger logger); }""",
        ["FTL0032"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m", FirstN = 1, MaxPerSecond = 1)] public static partial void M(ILogger logger); }""",
        ["FTL0033"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger, [LogName("a")] int b, [LogName("a")] int c); }""",
        ["FTL0034"] = """partial class $ { [TrainLog(1, LogLevel.Information, "{a}")] public static partial void M(ILogger logger, [LogValues(0)] int[] a); }""",
        ["FTL0035"] = """partial class $ { [TrainLog(1, LogLevel.Information, "{a}")] public static partial void M(ILogger logger, [LogSummary] string a); }""",
        ["FTL0036"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger, [LogFields] object a); }""",
        ["FTL0037"] = """partial class $ { public int A => 1; public $? Next => null; [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger, [LogFields] $ a); }""",
        ["FTL0039"] = """partial class $ { public int A => 1; [TrainLog(1, LogLevel.Information, "{a}")] public static partial void M(ILogger logger, [LogFields] $ a); }""",
        ["FTL0041"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger, [SecretData] Exception a); }""",
        ["FTL0042"] = """partial class $ { public int A => 1; [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger, [LogFields(MaxDepth = 9)] $ a); }""",
        ["FTL0044"] = """static partial class $ { extension(ILogger logger) { [TrainLog(1, LogLevel.Information, "m {a}")] public partial void M(int a); } }""",
        ["FTL0045"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m {a}")] public static partial void M(ILogger logger, [TagProvider(typeof($), "Tags")] object a); }""",
        ["FTL0046"] = """partial interface $<in T> { [TrainLog(1, LogLevel.Information, "m {a}")] public static partial void M(ILogger logger, T a); }""",
    };

    [Fact]
    public async Task FTL0044_and_every_other_error_stands_in_the_output_of_dotnet_build()
    {
        string root = Directory.CreateTempSubdirectory("fasttrainlog-errors-").FullName;
        try
        {
            WriteProject(root, "Errors", "14.0", Mistakes);
            WriteProject(root, "Old", "11.0", new() { ["FTL0026"] = """partial class $ { [TrainLog(1, LogLevel.Information, "m")] public static partial void M(ILogger logger); }""" });
            File.WriteAllText(Path.Combine(root, "all.proj"), """
                <Project DefaultTargets="Build">
                  <ItemGroup><Both Include="Errors/Errors.csproj;Old/Old.csproj" /></ItemGroup>
                  <Target Name="Restore"><MSBuild Projects="@(Both)" Targets="Restore" /></Target>
                  <Target Name="Build"><MSBuild Projects="@(Both)" ContinueOnError="ErrorAndContinue" /></Target>
                </Project>
                """);
            string output = await RealBuild.Run(root, "all.proj");

            // The same line stands once while a project builds and once at the end.
            (string File, string Id, string Link)[] errors = [.. Regex.Matches(output, @"(FTL\d{4})\.cs\(\d+,\d+\): error (FTL\d{4}): .*? \((http[^)]*)\) \[")
                .Select(static m => (m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))
                .Distinct()];
            Assert.DoesNotContain("warning CS8785", output);
            Assert.All(errors, e => Assert.True(e.File == e.Id && e.Link.EndsWith("/docs/generator.md#" + e.Id.ToLowerInvariant(), StringComparison.Ordinal), $"{e}\n{output}"));
            Assert.Equal(
                typeof(Descriptors).GetFields().Select(static f => f.GetValue(null)).OfType<DiagnosticDescriptor>().Where(static d => d.DefaultSeverity == DiagnosticSeverity.Error).Select(static d => d.Id).Order(),
                errors.Select(static e => e.Id).Order());

            // The rest of the project has its bodies: one mistake is no reason to be told of all methods.
            Assert.DoesNotContain("Sound.cs", output);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void WriteProject(string root, string name, string language, Dictionary<string, string> mistakes)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        string[] references = [.. new[] { "FastTrainLog", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Telemetry.Abstractions", "Microsoft.Extensions.Compliance.Abstractions" }
            .Select(static n => Path.Combine(AppContext.BaseDirectory, n + ".dll"))];
        File.WriteAllText(Path.Combine(folder, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <LangVersion>{language}</LangVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{string.Join(';', references)}" />
                <Analyzer Include="{Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Generators.dll")}" />
              </ItemGroup>
            </Project>
            """);
        const string Usings = "using FastTrainLog;\nusing Microsoft.Extensions.Logging;\n";
        foreach ((string id, string source) in mistakes)
        {
            File.WriteAllText(Path.Combine(folder, id + ".cs"), Usings + source.Replace("$", "In" + id));
        }

        if (language != "11.0")
        {
            File.WriteAllText(Path.Combine(folder, "Sound.cs"), Usings + """partial class Sound { [TrainLog(1, LogLevel.Information, "m {a}")] public static partial void M(ILogger logger, int a); }""");
        }
    }
}
