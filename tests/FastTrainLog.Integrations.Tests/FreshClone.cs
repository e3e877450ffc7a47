using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace FastTrainLog.Integrations.Tests;

/// <summary>A copy of this repository's build files around one small project, with a package source of its own.</summary>
internal sealed class FreshClone : IDisposable
{
    private static readonly string[] BuildFiles =
    [
        "global.json", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Solution.targets",
        "build/Integrations.props", "build/Integrations.targets", "build/IntegrationProbe.proj",
    ];

    private readonly string _root = Directory.CreateTempSubdirectory("fasttrainlog-clone-").FullName;

    /// <param name="unreachableSource">The address of a second source, where nobody answers.</param>
    public FreshClone(string? unreachableSource = null)
    {
        foreach (string file in BuildFiles)
        {
            string target = Path.Combine(_root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(BuildMetadata.Read("RepositoryRoot"), file), target);
        }

        Directory.CreateDirectory(Feed);
        string second = unreachableSource is null ? "" : $"""<add key="unreachable" value="{unreachableSource}" allowInsecureConnections="true" />""";
        File.WriteAllText(Path.Combine(_root, "NuGet.Config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{Feed}" />{second}</packageSources>
              <config><add key="globalPackagesFolder" value="{PackageFolder}" /></config>
            </configuration>
            """);
        Directory.CreateDirectory(Path.Combine(_root, "app"));
        File.WriteAllText(Path.Combine(_root, "app", "App.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup Condition="'$(HasZLogger)' == 'true'">
                <PackageReference Include="ZLogger" />
              </ItemGroup>
              <Target Name="Show" DependsOnTargets="ResolvePackageAssets">
                <Message Importance="high" Text="built with HasZLogger=$(HasZLogger)" />
              </Target>
            </Project>
            """);
    }

    public string PackageFolder => Path.Combine(_root, "packages");

    private string Feed => Path.Combine(_root, "feed");

    public void Publish(string id, string version, string? dependency = null)
    {
        using var package = ZipFile.Open(Path.Combine(Feed, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var nuspec = package.CreateEntry($"{id}.nuspec").Open())
        {
            string dependencies = dependency is null ? "" : $"""<dependency id="{dependency}" version="1.0.0" />""";
            nuspec.Write(Encoding.UTF8.GetBytes($"""
                <package>
                  <metadata>
                    <id>{id}</id><version>{version}</version><authors>tests</authors><description>An empty package.</description>
                    <dependencies><group targetFramework="net10.0">{dependencies}</group></dependencies>
                  </metadata>
                </package>
                """));
        }

        package.CreateEntry("lib/net10.0/_._").Open().Dispose();
    }

    public void Unpublish(string id, string version) => File.Delete(Path.Combine(Feed, $"{id}.{version}.nupkg"));

    public (int ExitCode, string Output) Build(params string[] arguments)
    {
        using var build = StartBuild(arguments);
        return Finish(build);
    }

    public Process StartBuild(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["build", Path.Combine(_root, "app"), "-t:Show", "-m:1", "-nodeReuse:false", "-tl:off", .. arguments])
        {
            WorkingDirectory = _root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(BelongsToTheBuildOfThisTest).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HasTorchSharp"] = "false";
        return Process.Start(start)!;
    }

    public static (int ExitCode, string Output) Finish(Process build)
    {
        Task<string> errors = build.StandardError.ReadToEndAsync();
        string output = build.StandardOutput.ReadToEnd() + errors.Result;
        build.WaitForExit();
        return (build.ExitCode, output);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static bool BelongsToTheBuildOfThisTest(string variable) =>
        variable.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || variable is "NUGET_PACKAGES" or "HasZLogger" or "HasTorchSharp" or "HasLibTorch" or "RequireIntegrations";
}
