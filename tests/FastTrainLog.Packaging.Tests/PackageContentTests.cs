using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FastTrainLog.Packaging.Tests;

/// <summary>What somebody sees of a package before its first line of code: on its page, in an editor, in a debugger, in an audit.</summary>
public sealed partial class PackageContentTests(Packages packages)
{
    private static readonly string Address = BuildMetadata.Read("RepositoryAddress");

    // The portable PDB format's identifier of Source Link's map.
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static TheoryData<string> All => ["FastTrainLog", "FastTrainLog.Analysis", "FastTrainLog.Dashboard", "FastTrainLog.Query", "FastTrainLog.Shipping", "FastTrainLog.Shipping.S3", "FastTrainLog.Templates", "FastTrainLog.Testing", "FastTrainLog.Tool", "FastTrainLog.TorchSharp", "FastTrainLog.ZLogger"];

    public static TheoryData<string> Libraries => ["FastTrainLog", "FastTrainLog.Analysis", "FastTrainLog.Dashboard", "FastTrainLog.Shipping", "FastTrainLog.Shipping.S3", "FastTrainLog.Testing", "FastTrainLog.TorchSharp", "FastTrainLog.ZLogger"];

    [Theory]
    [MemberData(nameof(All))]
    public void A_package_says_where_it_is_from_what_is_new_and_what_it_is_about(string name)
    {
        XElement package = packages.Specification(name);
        Assert.Equal((Address, Address), (package.Element("projectUrl")?.Value, package.Element("repository")?.Attribute("url")?.Value));
        Assert.Matches("^[0-9a-f]{40}$", package.Element("repository")?.Attribute("commit")?.Value);
        Assert.Equal("MIT", package.Element("license")?.Value);
        string notes = package.Element("releaseNotes")!.Value;
        Assert.Contains("### Added", notes, StringComparison.Ordinal);
        Assert.EndsWith($"{Address}/blob/main/CHANGELOG.md", notes.Trim(), StringComparison.Ordinal);
        Assert.True(package.Element("tags")!.Value.Split(' ').Length >= 5);
        Assert.Equal(name, Assert.Single(packages.Names, other => packages.Specification(other).Element("tags")!.Value == package.Element("tags")!.Value));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_package_has_the_icon(string name)
    {
        Assert.Equal("icon.png", packages.Specification(name).Element("icon")?.Value);
        byte[] icon = packages.Read(name, "icon.png");
        Assert.Equal("\u0089PNG", Encoding.Latin1.GetString(icon, 0, 4));
        Assert.Equal((128, 128), (BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20))));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_README_of_a_package_reads_well_away_from_the_repository(string name)
    {
        Assert.Equal("README.md", packages.Specification(name).Element("readme")?.Value);
        string readme = Encoding.UTF8.GetString(packages.Read(name, "README.md"));
        Assert.Contains(name is "FastTrainLog.Tool" or "FastTrainLog.Query" ? $"dotnet tool install --global {name}" : name == "FastTrainLog.Templates" ? "dotnet new install FastTrainLog.Templates" : $"dotnet add package {name}\n", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", readme, StringComparison.Ordinal);
        Match[] links = Link().Matches(readme).ToArray();
        Assert.Contains(links, static link => link.Value[0] == '!');
        Assert.All(links, link =>
        {
            string target = link.Groups["target"].Value;
            Assert.StartsWith("https://", target, StringComparison.Ordinal);
            if (target.StartsWith(Address, StringComparison.Ordinal))
            {
                string[] parts = target[(Address.Length + 1)..].Split('#')[0].Split('/', 3);
                Assert.Equal((link.Value[0] == '!' ? "raw" : "blob", "main"), (parts[0], parts[1]));
                Assert.True(Path.Exists(Path.Combine(BuildMetadata.Read("RepositoryRoot"), parts[2])), target);
            }
        });
        Assert.Equal(name, Assert.Single(packages.Names, other => Encoding.UTF8.GetString(packages.Read(other, "README.md")) == readme));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_debugger_finds_the_symbols_and_each_source(string name)
    {
        using MetadataReaderProvider symbols = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(packages.Read(name, $"lib/net10.0/{name}.pdb", "snupkg")));
        MetadataReader reader = symbols.GetMetadataReader();
        CustomDebugInformation map = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(info => reader.GetGuid(info.Kind) == SourceLink);
        JsonElement documents = JsonElement.Parse(reader.GetBlobBytes(map.Value)).GetProperty("documents");
        JsonProperty mapping = Assert.Single(documents.EnumerateObject());
        string commit = packages.Specification(name).Element("repository")!.Attribute("commit")!.Value;
        Assert.Equal($"{Address.Replace("github.com", "raw.githubusercontent.com")}/{commit}/*", mapping.Value.GetString());

        // Each is in the repository, or in the symbols themselves.
        string root = mapping.Name.TrimEnd('*');
        var embedded = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Where(static info => info.Parent.Kind == HandleKind.Document).Select(static info => (DocumentHandle)info.Parent).ToHashSet();
        Assert.All(reader.Documents, document => Assert.True(
            embedded.Contains(document) || (reader.GetString(reader.GetDocument(document).Name) is var file && file.StartsWith(root, StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)),
            reader.GetString(reader.GetDocument(document).Name)));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_documentation_is_of_what_users_can_name(string name)
    {
        using var documentation = new MemoryStream(packages.Read(name, $"lib/net10.0/{name}.xml"));
        string[] members = [.. XDocument.Load(documentation).Descendants("member").Select(static member => member.Attribute("name")!.Value)];
        using var assembly = new PEReader(new MemoryStream(packages.Read(name, $"lib/net10.0/{name}.dll")));
        MetadataReader metadata = assembly.GetMetadataReader();
        string[] types = [.. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(static t => (t.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public).Select(t => $"T:{metadata.GetString(t.Namespace)}.{metadata.GetString(t.Name)}")];
        Assert.NotEmpty(types);
        // Each public type, and nothing of another: a nested type and a member begin with the name of theirs.
        Assert.Empty(types.Except(members));
        Assert.All(members, member => Assert.Contains(types, type => member[2..] == type[2..] || member[2..].StartsWith(type[2..] + ".", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_audit_reads_what_a_package_is_made_of(string name)
    {
        JsonElement bill = JsonElement.Parse(packages.Read(name, "_manifest/spdx_2.2/manifest.spdx.json"));
        Assert.Equal(("SPDX-2.2", $"{name} {Packages.Version}"), (bill.GetProperty("spdxVersion").GetString(), bill.GetProperty("name").GetString()));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", bill.GetProperty("creationInfo").GetProperty("created").GetString());
        JsonElement[] contained = [.. bill.GetProperty("packages").EnumerateArray()];
        Assert.Equal($"pkg:nuget/{name}@{Packages.Version}", contained[0].GetProperty("externalRefs")[0].GetProperty("referenceLocator").GetString());

        // Each identifier once, and relationships between those that there are.
        string[] identifiers = ["SPDXRef-DOCUMENT", .. contained.Concat(bill.GetProperty("files").EnumerateArray()).Select(static p => p.GetProperty("SPDXID").GetString()!)];
        Assert.Equal(identifiers.Distinct(), identifiers);
        Assert.All(identifiers, static identifier => Assert.Matches("^SPDXRef-[A-Za-z0-9.-]+$", identifier));
        Assert.All(bill.GetProperty("relationships").EnumerateArray(), relationship => Assert.Contains(relationship.GetProperty("relatedSpdxElement").GetString(), identifiers));

        // What the package depends on, it names with the version that it was built with, its licence and its checksum.
        Assert.All(packages.Dependencies(name).Select(static d => d.Split(' ')), dependency =>
        {
            JsonElement found = Assert.Single(contained[1..], p => p.GetProperty("name").GetString() == dependency[0]);
            if (!dependency[0].StartsWith("FastTrainLog", StringComparison.Ordinal))
            {
                Assert.Equal(dependency[1], found.GetProperty("versionInfo").GetString());
                Assert.Matches("^[0-9a-f]{128}$", found.GetProperty("checksums")[0].GetProperty("checksumValue").GetString());
            }
        });

        string[] sums = [.. bill.GetProperty("files").EnumerateArray().SelectMany(static file => file.GetProperty("checksums").EnumerateArray()).Select(static sum => sum.GetProperty("checksumValue").GetString()!)];
        Assert.All(
            packages.Files(name).Where(file => Path.GetFileName(file) == $"{name}.dll"),
            shipped => Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(packages.Read(name, shipped))), sums));
    }

    [Fact]
    public void The_bill_of_the_tool_names_what_is_inside_it_with_licences()
    {
        JsonElement[] contained = [.. JsonElement.Parse(packages.Read("FastTrainLog.Tool", "_manifest/spdx_2.2/manifest.spdx.json")).GetProperty("packages").EnumerateArray()];
        string[] own = [.. packages.Files("FastTrainLog.Tool").Select(static file => Path.GetFileNameWithoutExtension(file)).Where(static file => file.StartsWith("FastTrainLog", StringComparison.Ordinal))];
        Assert.Contains("FastTrainLog.Analysis", own);
        Assert.Contains(contained, static p => p.GetProperty("name").GetString() == "FastTrainLog.Analysis");
        Assert.Equal("MIT", Assert.Single(contained, static p => p.GetProperty("name").GetString() == "Spectre.Console").GetProperty("licenseDeclared").GetString());
        Assert.Equal("Apache-2.0", Assert.Single(contained, static p => p.GetProperty("name").GetString() == "SQLitePCLRaw.core").GetProperty("licenseDeclared").GetString());
        Assert.DoesNotContain(contained, static p => p.GetProperty("name").GetString()!.Contains("CodeAnalysis", StringComparison.Ordinal));
    }

    [Fact]
    public void A_release_names_its_own_repository()
    {
        // The README, the links and the notes follow: no address stands in a document.
        Assert.DoesNotContain(
            Directory.GetFiles(Path.Combine(BuildMetadata.Read("RepositoryRoot"), "src"), "README.md", SearchOption.AllDirectories),
            static readme => File.ReadAllText(readme).Contains(Address, StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex(@"!?\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
