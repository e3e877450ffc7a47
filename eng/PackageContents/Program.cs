using FastTrainLog.PackageContents;

// Each verb reads files and writes others; eng/Package.targets calls them.
switch (args)
{
    case ["documentation", string assembly, string xml]:
        PublicDocumentation.Write(assembly, xml);
        return 0;
    case ["package", string readme, string root, string changelog, string assets, string project, string version, string address, string folder, .. { Length: > 0 } assemblies]:
        File.WriteAllText(Path.Combine(folder, "README.md"), PackageReadme.Of(readme, root, address));
        File.WriteAllText(Path.Combine(folder, "notes.md"), ReleaseNotes.Of(File.ReadAllText(changelog), version, address));
        File.WriteAllText(Path.Combine(folder, "manifest.spdx.json"), BillOfMaterials.Of(assets, project, version, address, assemblies));
        return 0;
    default:
        Console.Error.WriteLine("usage: documentation ASSEMBLY XML | package README ROOT CHANGELOG ASSETS PROJECT VERSION ADDRESS FOLDER FRAMEWORK=ASSEMBLY…");
        return 2;
}
