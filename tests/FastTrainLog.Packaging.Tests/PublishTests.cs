namespace FastTrainLog.Packaging.Tests;

public sealed class PublishTests(Packages packages)
{
    [Fact]
    public async Task Trimmed_self_contained_program_has_no_warning_and_logs()
    {
        using var project = new UserProject(packages);
        (await project.Dotnet("publish", "--use-current-runtime", "--self-contained", "-p:PublishTrimmed=true", "-o", "published")).AssertSucceeded();
        await project.RunAndCheckLogs("published");
    }

    [Fact]
    public async Task Ahead_of_time_compiled_program_has_no_warning_and_logs()
    {
        using var project = new UserProject(packages);
        Command publish = await project.Dotnet("publish", "--use-current-runtime", "-p:PublishAot=true", "-o", "published");
        Assert.SkipWhen(publish.Output.Contains("Platform linker", StringComparison.Ordinal), "this machine has no linker for native code");
        publish.AssertSucceeded();
        await project.RunAndCheckLogs("published");
    }
}
