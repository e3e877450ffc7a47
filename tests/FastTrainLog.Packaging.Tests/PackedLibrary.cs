using System.IO.Compression;
using FastTrainLog.Packaging.Tests;

[assembly: AssemblyFixture(typeof(PackedLibrary))]

namespace FastTrainLog.Packaging.Tests;

/// <summary>The library's package in a folder feed, packed once for all tests.</summary>
public sealed class PackedLibrary : IAsyncLifetime
{
    // A version that no source has and no machine's package folder holds.
    public const string Version = "0.0.1-packaging.tests";

    private readonly string _feed = Directory.CreateTempSubdirectory("fasttrainlog-feed-").FullName;

    /// <summary>Gets the folder that the packages of users' projects go to: kept between runs, so that the runtime is fetched once.</summary>
    public static string PackageFolder { get; } = Path.Combine(BuildMetadata.Read("ArtifactsPath"), "packaging-tests", "packages");

    /// <summary>Gets the names of the package's files.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    /// <summary>Gets the NuGet configuration that has the feed beside this machine's own sources.</summary>
    public string Configuration => $"""
        <configuration>
          <packageSources><add key="feed" value="{_feed}" /></packageSources>
          <config><add key="globalPackagesFolder" value="{PackageFolder}" /></config>
          <fallbackPackageFolders><add key="machine" value="{BuildMetadata.Read("MachinePackages")}" /></fallbackPackageFolders>
        </configuration>
        """;

    public async ValueTask InitializeAsync()
    {
        string extracted = Path.Combine(PackageFolder, "fasttrainlog");
        if (Directory.Exists(extracted))
        {
            Directory.Delete(extracted, recursive: true);
        }

        Command pack = await Command.Dotnet(
            BuildMetadata.Read("RepositoryRoot"), "pack", "src/FastTrainLog", "--no-build", "-c", BuildMetadata.Read("Configuration"), "-o", _feed, $"-p:PackageVersion={Version}");
        pack.AssertSucceeded();
        using ZipArchive package = ZipFile.OpenRead(Path.Combine(_feed, $"FastTrainLog.{Version}.nupkg"));
        Files = [.. package.Entries.Select(static e => e.FullName)];
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_feed, recursive: true);
        return ValueTask.CompletedTask;
    }
}
