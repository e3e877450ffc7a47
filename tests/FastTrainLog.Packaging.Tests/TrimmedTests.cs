namespace FastTrainLog.Packaging.Tests;

public sealed class TrimmedTests(Packages packages)
{
    [Fact]
    public async Task Trimmed_self_contained_program_has_no_warning_and_logs()
    {
        using var folder = new UserFolder(packages);
        var project = new UserProject(folder, "Trimmed");
        (await project.Dotnet("publish", "--use-current-runtime", "--self-contained", "-p:PublishTrimmed=true", "-o", "published")).AssertSucceeded();
        await project.RunAndCheckLogs("published");
    }
}
