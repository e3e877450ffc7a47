using System.Text.RegularExpressions;

namespace FastTrainLog.Packaging.Tests;

/// <summary>The first program of the README, model included, as somebody has it who copies it: a fresh project in C#, F# and VB over the package.</summary>
public sealed partial class ReadmeProgramTests(Packages packages)
{
    [Theory]
    [InlineData("Program.cs", "csproj")]
    [InlineData("Program.fs", "fsproj")]
    [InlineData("Program.vb", "vbproj")]
    public async Task The_first_program_of_the_README_builds_and_runs(string file, string project)
    {
        string root = Directory.CreateTempSubdirectory("fasttrainlog-readme-").FullName;
        try
        {
            string repository = BuildMetadata.Read("RepositoryRoot");
            string program = file == "Program.cs"
                ? string.Join("\n", Blocks(File.ReadAllText(Path.Combine(repository, "README.md"))))
                : File.ReadAllText(Path.Combine(repository, "tests", "FastTrainLog.Packaging.Tests", "ReadmePrograms", file));
            File.WriteAllText(Path.Combine(root, file), program);
            File.WriteAllText(Path.Combine(root, "NuGet.Config"), packages.Configuration);
            string fsharp = project == "fsproj" ? """<ItemGroup><Compile Include="Program.fs" /></ItemGroup>""" : string.Empty;
            File.WriteAllText(Path.Combine(root, $"Readme.{project}"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <RootNamespace />
                    <ImplicitUsings>enable</ImplicitUsings>
                    <Nullable Condition="'$(MSBuildProjectExtension)' == '.csproj'">enable</Nullable>
                    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                    <WarningsNotAsErrors>NU1900;NU1901;NU1902;NU1903;NU1904</WarningsNotAsErrors>
                    <SatelliteResourceLanguages>en</SatelliteResourceLanguages>
                  </PropertyGroup>
                  {fsharp}
                  <ItemGroup><PackageReference Include="FastTrainLog" Version="{Packages.Version}" /></ItemGroup>
                </Project>
                """);

            (await Command.Dotnet(root, "build", "-o", "built")).AssertSucceeded();
            Command run = await Command.Run(Path.Combine(root, "built", OperatingSystem.IsWindows() ? "Readme.exe" : "Readme"), root);
            run.AssertSucceeded();
            Assert.InRange(run.Output.Split('\n').Length, 5, 60);
            Assert.Contains("next: fasttrainlog analyze logs", run.Output, StringComparison.Ordinal);

            string[] progress = File.ReadAllLines(Path.Combine(root, "logs", "training_progress.log"));
            Assert.Equal(1000, progress.Count(line => line.Contains("Step ", StringComparison.Ordinal)));
            Assert.Contains("Loss: 9", progress.First(line => line.Contains("Step 1/", StringComparison.Ordinal)), StringComparison.Ordinal);
            Assert.Contains("Loss: 0.0", progress.Last(line => line.Contains("Step 1000/", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static IEnumerable<string> Blocks(string readme)
    {
        foreach (string mark in new[] { "TenLines.cs#ten-lines", "TinyModel.cs#model" })
        {
            yield return Block().Matches(readme).Single(block => block.Groups["mark"].Value == mark).Groups["code"].Value;
        }
    }

    [GeneratedRegex(@"^<!-- snippet: (?<mark>\S+) -->\n```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
