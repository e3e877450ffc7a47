using System.Text.RegularExpressions;
using FastTrainLog.Generators.Tests.Compiling;

namespace FastTrainLog.Generators.Tests.Diagnostics;

/// <summary>What <c>.editorconfig</c>, <c>.globalconfig</c> and the project say of the diagnostics of <c>[LoggerMessage]</c> holds for ours, in a real build with warnings as errors.</summary>
public sealed class TheirConfigurationTests
{
    // Of each file: what is said, and what the build then says of the same mistake, in both generators unless ours is named.
    private static readonly (string File, string Configuration, string Theirs, string Ours)[] Files =
    [
        ("Untouched", "", "error", "error"),
        ("None", "dotnet_diagnostic.SYSLIB1015.severity = none", "", ""),
        ("Silent", "dotnet_diagnostic.SYSLIB1015.severity = silent", "", ""),
        ("Suggestion", "dotnet_diagnostic.SYSLIB1015.severity = suggestion", "", ""),
        ("Warning", "dotnet_diagnostic.SYSLIB1015.severity = warning", "error", "error"),
        ("Error", "dotnet_diagnostic.SYSLIB1015.severity = error", "error", "error"),
        ("Other", "dotnet_diagnostic.SYSLIB1016.severity = none", "error", "error"),
        ("OursToo", "dotnet_diagnostic.SYSLIB1015.severity = none\ndotnet_diagnostic.FTL0015.severity = warning", "", "error"),
        ("OursAlone", "dotnet_diagnostic.FTL0015.severity = none", "error", ""),
    ];

    [Fact]
    public async Task A_real_build_says_of_ours_what_it_says_of_theirs()
    {
        string root = Directory.CreateTempSubdirectory("fasttrainlog-configured-").FullName;
        try
        {
            WriteProject(root);
            string output = await RealBuild.Run(root, "Configured.csproj");
            (string File, string Id, string Severity)[] said = [.. Regex.Matches(output, @"(\w+)\.cs\(\d+,\d+\): (error|warning) (\w+):").Select(static m => (m.Groups[1].Value, m.Groups[3].Value, m.Groups[2].Value)).Distinct()];
            Assert.All(Files, file => Assert.Equal((file.Theirs, file.Ours), (Said(file.File, "SYSLIB1015"), Said(file.File, "FTL0015"))));
            // By .globalconfig, by NoWarn, and by WarningsNotAsErrors, which leaves theirs a warning.
            Assert.All(Files, file => Assert.Equal(("", "", "", ""), (Said(file.File, "SYSLIB1012"), Said(file.File, "FTL0012"), Said(file.File, "SYSLIB1013"), Said(file.File, "FTL0013"))));
            Assert.All(Files, file => Assert.Equal(("warning", ""), (Said(file.File, "SYSLIB1018"), Said(file.File, "FTL0018"))));

            string Said(string file, string id) => string.Join('+', said.Where(s => (s.File, s.Id) == (file, id)).Select(static s => s.Severity));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void WriteProject(string root)
    {
        string[] references = [.. new[] { "FastTrainLog", "Microsoft.Extensions.Logging.Abstractions" }.Select(static n => Path.Combine(AppContext.BaseDirectory, n + ".dll"))];
        File.WriteAllText(Path.Combine(root, "Configured.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NoWarn>$(NoWarn);SYSLIB1013</NoWarn>
                <WarningsNotAsErrors>$(WarningsNotAsErrors);SYSLIB1018</WarningsNotAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{string.Join(';', references)}" />
                <Analyzer Include="{Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Generators.dll")};{TestPaths.LoggerMessageGenerator}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(root, ".globalconfig"), "is_global = true\ndotnet_diagnostic.SYSLIB1012.severity = none\n");
        File.WriteAllText(Path.Combine(root, ".editorconfig"), "root = true\n" + string.Concat(Files.Select(static f => $"[{f.File}.cs]\n{f.Configuration}\n")));
        foreach ((string file, _, _, _) in Files)
        {
            File.WriteAllText(Path.Combine(root, file + ".cs"), $$"""
                using FastTrainLog;
                using Microsoft.Extensions.Logging;

                static partial class {{file}}
                {
                    [LoggerMessage(1, LogLevel.Information, "m")] static partial void A(ILogger logger, int a);
                    [TrainLog(1, LogLevel.Information, "m")] static partial void B(ILogger logger, int a);
                    [LoggerMessage(2, LogLevel.Information, "Information: m")] static partial void C(ILogger logger);
                    [TrainLog(2, LogLevel.Information, "Information: m")] static partial void D(ILogger logger);
                    [LoggerMessage(3, LogLevel.Information, "m {e}")] static partial void E(ILogger logger, Exception e);
                    [TrainLog(3, LogLevel.Information, "m {e}")] static partial void F(ILogger logger, Exception e);
                    [LoggerMessage(4, LogLevel.Information, "m {logger}")] static partial void G(ILogger logger);
                    [TrainLog(4, LogLevel.Information, "m {logger}")] static partial void H(ILogger logger);
                }
                """);
        }
    }
}
