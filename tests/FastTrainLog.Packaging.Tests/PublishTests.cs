namespace FastTrainLog.Packaging.Tests;

public sealed class PublishTests(PackedLibrary library)
{
    [Fact]
    public async Task Trimmed_self_contained_program_has_no_warning_and_logs()
    {
        using var project = new UserProject(library);
        (await project.Dotnet("publish", "--use-current-runtime", "--self-contained", "-p:PublishTrimmed=true", "-o", "published")).AssertSucceeded();
        await project.RunAndCheckLogs("published");
    }

    [Fact]
    public async Task Ahead_of_time_compiled_program_has_no_warning_and_logs()
    {
        using var project = new UserProject(library);
        Command restore = await project.Dotnet("restore", "--use-current-runtime", "-p:PublishAot=true");
        if (restore.ExitCode != 0 && AbsentCompiler(restore.Output) is { } absent)
        {
            Assert.Skip($"{absent} is not on this machine's package sources");
        }

        restore.AssertSucceeded();
        Command publish = await project.Dotnet("publish", "--use-current-runtime", "--no-restore", "-p:PublishAot=true", "-o", "published");
        Assert.SkipWhen(publish.Output.Contains("Platform linker", StringComparison.Ordinal), "this machine has no linker for native code");
        publish.AssertSucceeded();
        await project.RunAndCheckLogs("published");
    }

    /// <summary>Returns the package of the AOT compiler or its runtime that a restore could not have.</summary>
    private static string? AbsentCompiler(string output) => output
        .Split('\n')
        .Where(static line => line.Contains("NU1101", StringComparison.Ordinal) || line.Contains("NU1102", StringComparison.Ordinal))
        .SelectMany(static line => line.Split(' '))
        .FirstOrDefault(static word => word.Contains("ILCompiler", StringComparison.OrdinalIgnoreCase) || word.Contains("NativeAOT", StringComparison.OrdinalIgnoreCase));
}
