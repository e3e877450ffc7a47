using FastTrainLog.PackageContents;

// Each verb reads files and writes one; eng/Package.targets calls them.
switch (args)
{
    case ["documentation", string assembly, string xml]:
        PublicDocumentation.Write(assembly, xml);
        return 0;
    case ["readme", string readme, string root, string address, string output]:
        File.WriteAllText(output, PackageReadme.Of(readme, root, address));
        return 0;
    case ["notes", string changelog, string version, string address, string output]:
        File.WriteAllText(output, ReleaseNotes.Of(File.ReadAllText(changelog), version, address));
        return 0;
    case ["sbom", string assets, string project, string version, string address, string output, .. { Length: > 0 } assemblies]:
        File.WriteAllText(output, BillOfMaterials.Of(assets, project, version, address, assemblies));
        return 0;
    default:
        Console.Error.WriteLine("usage: documentation ASSEMBLY XML | readme README ROOT ADDRESS OUT | notes CHANGELOG VERSION ADDRESS OUT | sbom ASSETS PROJECT VERSION ADDRESS OUT FRAMEWORK=ASSEMBLY…");
        return 2;
}
