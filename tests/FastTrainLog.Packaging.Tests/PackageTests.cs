namespace FastTrainLog.Packaging.Tests;

public sealed class PackageTests(PackedLibrary library)
{
    [Fact]
    public void Package_holds_the_library_with_its_documentation_and_the_generator()
    {
        Assert.Contains("lib/net10.0/FastTrainLog.dll", library.Files);
        Assert.Contains("lib/net10.0/FastTrainLog.xml", library.Files);
        Assert.Contains("analyzers/dotnet/cs/FastTrainLog.Generators.dll", library.Files);
        Assert.Contains("README.md", library.Files);
        Assert.Equal(["lib/net10.0/FastTrainLog.dll"], library.Files.Where(static f => f.StartsWith("lib/", StringComparison.Ordinal) && f.EndsWith(".dll", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fresh_project_builds_with_the_package_without_a_warning_and_logs()
    {
        using var project = new UserProject(library);
        (await project.Dotnet("build", "-o", "built")).AssertSucceeded();
        await project.RunAndCheckLogs("built");
    }
}
