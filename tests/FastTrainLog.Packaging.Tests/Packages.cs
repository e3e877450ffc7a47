using System.IO.Compression;
using System.Xml.Linq;
using FastTrainLog.Packaging.Tests;

[assembly: AssemblyFixture(typeof(Packages))]

namespace FastTrainLog.Packaging.Tests;

/// <summary>All packages in a folder feed, packed once for all tests, as a release packs them.</summary>
public sealed class Packages : IAsyncLifetime
{
    // A version that no source has and no machine's package folder holds.
    public const string Version = "0.0.1-packaging.tests";

    private readonly string _feed = Directory.CreateTempSubdirectory("fasttrainlog-feed-").FullName;

    /// <summary>Gets the folder that the packages of users' projects go to: kept between runs, so that the runtime is fetched once.</summary>
    public static string PackageFolder { get; } = Path.Combine(BuildMetadata.Read("ArtifactsPath"), "packaging-tests", "packages");

    /// <summary>Gets the folder that has the packages.</summary>
    public string Feed => _feed;

    /// <summary>Gets the names of the packages.</summary>
    public IReadOnlyList<string> Names => [.. Directory.GetFiles(_feed, "*.nupkg").Select(static f => Path.GetFileName(f)[..^$".{Version}.nupkg".Length]).Order(StringComparer.Ordinal)];

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
        if (Directory.Exists(PackageFolder))
        {
            foreach (string extracted in Directory.GetDirectories(PackageFolder, "fasttrainlog*"))
            {
                Directory.Delete(extracted, recursive: true);
            }
        }

        Command pack = await Command.Dotnet(
            BuildMetadata.Read("RepositoryRoot"), "pack", "--no-build", "-c", BuildMetadata.Read("Configuration"), "-o", _feed, $"-p:PackageVersion={Version}");
        pack.AssertSucceeded();
    }

    /// <summary>Returns the names of a package's files.</summary>
    public string[] Files(string name)
    {
        using ZipArchive package = Open(name);
        return [.. package.Entries.Select(static e => e.FullName)];
    }

    /// <summary>Returns the content of a package's file.</summary>
    /// <param name="name">The package.</param>
    /// <param name="file">The file.</param>
    /// <param name="extension">That of the package: <c>nupkg</c>, or <c>snupkg</c> for its symbols.</param>
    public byte[] Read(string name, string file, string extension = "nupkg")
    {
        using ZipArchive package = Open(name, extension);
        using Stream content = (package.GetEntry(file) ?? throw new FileNotFoundException($"{name} has no {file}.")).Open();
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>Returns the size of a package in bytes.</summary>
    public long SizeOf(string name) => new FileInfo(Path.Combine(_feed, $"{name}.{Version}.nupkg")).Length;

    /// <summary>Returns a package's description of itself.</summary>
    public XElement Specification(string name)
    {
        using var content = new MemoryStream(Read(name, $"{name}.nuspec"));
        XElement metadata = XDocument.Load(content).Root!.Elements().Single(static e => e.Name.LocalName == "metadata");
        foreach (XElement element in metadata.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
        }

        return metadata;
    }

    /// <summary>Returns what a package depends on, each with its version.</summary>
    public string[] Dependencies(string name)
    {
        using ZipArchive package = Open(name);
        using Stream nuspec = package.GetEntry($"{name}.nuspec")!.Open();
        return [.. XDocument.Load(nuspec).Descendants().Where(static e => e.Name.LocalName == "dependency").Select(static e => $"{e.Attribute("id")!.Value} {e.Attribute("version")!.Value}").Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Returns the types of a package whose documentation has an example, each with its code.</summary>
    public IEnumerable<(string Type, string Code)> Examples(string name)
    {
        using var documentation = new MemoryStream(Read(name, $"lib/net10.0/{name}.xml"));
        return [.. XDocument.Load(documentation).Descendants("member")
            .Where(static member => member.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .Select(static member => (member.Attribute("name")!.Value[2..], member.Element("example")?.Element("code")?.Value ?? string.Empty))
            .Where(static example => example.Item2.Length > 0)];
    }

    private ZipArchive Open(string name, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(_feed, $"{name}.{Version}.{extension}"));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_feed, recursive: true);
        return ValueTask.CompletedTask;
    }
}
