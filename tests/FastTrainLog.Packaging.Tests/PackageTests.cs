namespace FastTrainLog.Packaging.Tests;

public sealed class PackageTests(PackedLibrary library)
{
    [Fact]
    public void Package_holds_the_library_with_its_documentation_and_the_generator_and_its_code_fixes()
    {
        Assert.Contains("lib/net10.0/FastTrainLog.dll", library.Files);
        Assert.Contains("lib/net10.0/FastTrainLog.xml", library.Files);
        Assert.Contains("analyzers/dotnet/cs/FastTrainLog.Generators.dll", library.Files);
        Assert.Contains("analyzers/dotnet/cs/FastTrainLog.Generators.CodeFixes.dll", library.Files);
        Assert.Contains("README.md", library.Files);
        Assert.Equal(["lib/net10.0/FastTrainLog.dll"], library.Files.Where(static f => f.StartsWith("lib/", StringComparison.Ordinal) && f.EndsWith(".dll", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fresh_project_builds_with_the_package_in_CSharp_12_and_14_without_a_warning_and_logs()
    {
        using var project = new UserProject(library);
        (await project.Dotnet("build", "-p:LangVersion=14.0", "-o", "built")).AssertSucceeded();
        await project.RunAndCheckLogs("built");
        (await project.Dotnet("build", "--no-restore", "-p:LangVersion=12.0", "-o", "older")).AssertSucceeded();
    }

    [Fact]
    public async Task Code_fixes_of_the_package_turn_plain_calls_into_log_methods()
    {
        using var project = new UserProject(library);
        (await project.Dotnet("restore")).AssertSucceeded();
        (await project.Format("FTL0050")).AssertSucceeded();
        string program = project.Read("Program.cs");
        Assert.DoesNotContain("LogInformation", program);
        Assert.Contains("Log.LogPlain(logger, 42);", program);
        Assert.Contains("public static partial void LogPlain(ILogger logger, int value);", program);
        (await project.Dotnet("build", "--no-restore", "-o", "built")).AssertSucceeded();
        await project.RunAndCheckLogs("built");
    }
}
