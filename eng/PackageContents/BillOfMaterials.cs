using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace FastTrainLog.PackageContents;

/// <summary>The bill of materials of a package, in SPDX 2.2: what its assembly is, and every package that it brings along, with versions, licences and checksums.</summary>
internal static class BillOfMaterials
{
    private const string Unknown = "NOASSERTION";

    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true };

    /// <summary>Returns the document.</summary>
    /// <param name="assets">The project's <c>project.assets.json</c>: what a restore found.</param>
    /// <param name="project">The package's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="address">The address of the repository.</param>
    /// <param name="assemblies">The assembly that it ships, once for each target framework: the framework, <c>=</c>, the file.</param>
    public static string Of(string assets, string project, string version, string address, string[] assemblies)
    {
        JsonNode restored = JsonNode.Parse(File.ReadAllText(assets))!;
        string[] folders = [.. restored["packageFolders"]!.AsObject().Select(static folder => folder.Key)];
        JsonObject[] targets = [.. restored["targets"]!.AsObject().Where(static t => !t.Key.Contains('/')).Select(static t => t.Value!.AsObject())];
        JsonObject[] files = [.. assemblies.Select(AssemblyFile)];

        JsonArray packages = [Package("RootPackage", project, version, "MIT", address)];
        JsonArray relationships = [Relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-RootPackage"), .. files.Select(static file => Relationship("SPDXRef-DOCUMENT", "DESCRIBES", (string)file["SPDXID"]!))];
        foreach ((string key, JsonNode? library) in restored["libraries"]!.AsObject().OrderBy(static l => l.Key, StringComparer.OrdinalIgnoreCase))
        {
            string[] name = key.Split('/');
            // Not what only builds or analyses it: that has neither an assembly that runs, nor brings one.
            bool isPart = targets.Any(target => target[key] is JsonObject resolved && (Has(resolved, "runtime") || Has(resolved, "runtimeTargets") || resolved["dependencies"] is not null));
            if (!isPart || library!["type"]!.GetValue<string>() == "project" && name[0] == project)
            {
                continue;
            }

            bool isOwn = library["type"]!.GetValue<string>() == "project";
            string id = $"Package-{name[0].Replace('_', '-')}-{name[1]}";
            JsonObject package = isOwn
                ? Package(id, name[0], version, "MIT", address)
                : Package(id, name[0], name[1], License(folders, library["path"]!.GetValue<string>(), name[0]), "https://www.nuget.org/packages/" + key);
            if (!isOwn)
            {
                package["checksums"] = new JsonArray(new JsonObject
                {
                    ["algorithm"] = "SHA512",
                    ["checksumValue"] = Convert.ToHexStringLower(Convert.FromBase64String(library["sha512"]!.GetValue<string>())),
                });
            }

            packages.Add(package);
            relationships.Add(Relationship("SPDXRef-RootPackage", "DEPENDS_ON", $"SPDXRef-{id}"));
        }

        return new JsonObject
        {
            ["spdxVersion"] = "SPDX-2.2",
            ["dataLicense"] = "CC0-1.0",
            ["SPDXID"] = "SPDXRef-DOCUMENT",
            ["name"] = $"{project} {version}",
            // Of its content: the same build has the same name, and the time is that of the release, where it says one.
            ["documentNamespace"] = $"{address}/spdx/{project}/{version}/{(string)files[0]["checksums"]![0]!["checksumValue"]!}",
            ["creationInfo"] = new JsonObject
            {
                ["created"] = Created().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ["creators"] = new JsonArray("Organization: The FastTrainLog authors", "Tool: FastTrainLog.PackageContents"),
            },
            ["files"] = new JsonArray([.. files]),
            ["packages"] = packages,
            ["relationships"] = relationships,
        }.ToJsonString(Form);
    }

    private static JsonObject AssemblyFile(string assembly)
    {
        string[] parts = assembly.Split('=', 2);
        byte[] content = File.ReadAllBytes(parts[1]);
        return new JsonObject
        {
            ["SPDXID"] = $"SPDXRef-Assembly-{parts[0]}",
            ["fileName"] = $"./{parts[0]}/{Path.GetFileName(parts[1])}",
            ["checksums"] = new JsonArray(
                new JsonObject { ["algorithm"] = "SHA256", ["checksumValue"] = Convert.ToHexStringLower(SHA256.HashData(content)) },
                // SPDX 2.2 asks for this one too.
                new JsonObject { ["algorithm"] = "SHA1", ["checksumValue"] = Sha1(content) }),
            ["licenseConcluded"] = "MIT",
            ["licenseInfoInFiles"] = new JsonArray(Unknown),
            ["copyrightText"] = Unknown,
        };
    }

    private static bool Has(JsonObject library, string kind) => library[kind] is JsonObject files && files.Any(static file => !file.Key.EndsWith("/_._", StringComparison.Ordinal));

    private static JsonObject Package(string id, string name, string version, string license, string location) => new()
    {
        ["SPDXID"] = $"SPDXRef-{id}",
        ["name"] = name,
        ["versionInfo"] = version,
        ["downloadLocation"] = location,
        ["filesAnalyzed"] = false,
        ["licenseConcluded"] = license,
        ["licenseDeclared"] = license,
        ["copyrightText"] = Unknown,
        ["supplier"] = Unknown,
        ["externalRefs"] = new JsonArray(new JsonObject
        {
            ["referenceCategory"] = "PACKAGE_MANAGER",
            ["referenceType"] = "purl",
            ["referenceLocator"] = $"pkg:nuget/{name}@{version}",
        }),
    };

    private static JsonObject Relationship(string from, string type, string to) => new()
    {
        ["spdxElementId"] = from,
        ["relationshipType"] = type,
        ["relatedSpdxElement"] = to,
    };

    private static string License(string[] folders, string path, string name)
    {
        string? specification = folders.Select(folder => Path.Combine(folder, path, name.ToLowerInvariant() + ".nuspec")).FirstOrDefault(File.Exists);
        return specification is null
            ? Unknown
            : XDocument.Load(specification).Descendants().FirstOrDefault(static e => e.Name.LocalName == "license" && e.Attribute("type")?.Value == "expression")?.Value ?? Unknown;
    }

    private static DateTime Created() => long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), out long seconds)
        ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
        : DateTime.UtcNow;

#pragma warning disable CA5350 // The standard asks for it, beside one that is safe.
    private static string Sha1(byte[] content) => Convert.ToHexStringLower(SHA1.HashData(content));
#pragma warning restore CA5350
}
