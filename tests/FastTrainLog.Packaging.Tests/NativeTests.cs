namespace FastTrainLog.Packaging.Tests;

public sealed class NativeTests(Packages packages)
{
    [Fact]
    public async Task Ahead_of_time_compiled_program_has_no_warning_and_logs()
    {
        using var folder = new UserFolder(packages);
        var project = new UserProject(folder, "Native");
        // Nobody debugs it: what debuggers need is a good part of what the compiler writes and the linker reads.
        Command publish = await project.Dotnet("publish", "--use-current-runtime", "-p:PublishAot=true", "-p:NativeDebugSymbols=false", "-o", "published");
        Assert.SkipWhen(publish.Output.Contains("Platform linker", StringComparison.Ordinal), "this machine has no linker for native code");
        publish.AssertSucceeded();
        await project.RunAndCheckLogs("published");
    }
}
