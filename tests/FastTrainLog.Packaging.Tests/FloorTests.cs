namespace FastTrainLog.Packaging.Tests;

/// <summary>
/// The packages ask for no later version of .NET and of Microsoft.Extensions.Logging than they need, and work with that one as with the newest.
/// </summary>
public sealed class FloorTests(Packages packages)
{
    private const string Lowest = "10.0.0";
    private const string Newest = "10.0.15";

    [Fact]
    public void The_library_depends_on_the_lowest_versions()
    {
        Assert.Equal(
            [$"Microsoft.Extensions.Logging {Lowest}", $"Microsoft.Extensions.Logging.Configuration {Lowest}"],
            packages.Dependencies("FastTrainLog"));
    }

    [Theory]
    [InlineData("net10.0", Lowest)]
    [InlineData("net10.0", Newest)]
    [InlineData("net8.0", Lowest)]
    public async Task A_program_that_pins_a_version_builds_without_a_warning_and_runs_with_it(string framework, string version)
    {
        string root = Directory.CreateTempSubdirectory("fasttrainlog-floor-").FullName;
        try
        {
            File.Copy(Path.Combine(BuildMetadata.Read("RepositoryRoot"), "tests", "FastTrainLog.Packaging.Tests", "FloorProgram", "Program.cs"), Path.Combine(root, "Program.cs"));
            File.WriteAllText(Path.Combine(root, "NuGet.Config"), packages.Configuration);
            File.WriteAllText(Path.Combine(root, "Floor.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>{framework}</TargetFramework>
                    <!-- A machine need not have the runtime: it comes with the program. -->
                    <UseCurrentRuntimeIdentifier Condition="'{framework}' == 'net8.0'">true</UseCurrentRuntimeIdentifier>
                    <SelfContained Condition="'{framework}' == 'net8.0'">true</SelfContained>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                    <WarningsNotAsErrors>NU1900;NU1901;NU1902;NU1903;NU1904</WarningsNotAsErrors>
                    <SatelliteResourceLanguages>en</SatelliteResourceLanguages>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="FastTrainLog.Testing" Version="{Packages.Version}" />
                    <PackageReference Include="Microsoft.Extensions.Logging.Abstractions" Version="{version}" />
                  </ItemGroup>
                </Project>
                """);

            (await Command.Dotnet(root, "build", "-o", "built")).AssertSucceeded();
            Command run = await Command.Run(Path.Combine(root, "built", OperatingSystem.IsWindows() ? "Floor.exe" : "Floor"), root, Path.Combine(root, "logs"));
            run.AssertSucceeded();
            Assert.StartsWith($"Microsoft.Extensions.Logging.Abstractions {version}", run.Output, StringComparison.Ordinal);
            Assert.Contains($" on .NET {framework["net".Length..]}.", run.Output, StringComparison.Ordinal);
            Assert.Contains("debug of the host 1", File.ReadAllText(Path.Combine(root, "logs", "main.log")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
