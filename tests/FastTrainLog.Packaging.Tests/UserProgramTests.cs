namespace FastTrainLog.Packaging.Tests;

[Collection(UserProgramsCollection.Name)]
public sealed class UserProgramTests(UserPrograms programs)
{
    [Fact]
    public async Task Fresh_project_builds_with_the_package_in_CSharp_12_and_14_without_a_warning_and_logs()
    {
        await programs.Newest.RunAndCheckLogs("built");
        Assert.True(File.Exists(programs.PathOf("Older", "built", "Older.dll")));
    }

    [Fact]
    public async Task Code_fixes_of_the_package_turn_plain_calls_into_log_methods()
    {
        UserProject project = programs.Mended;
        (await project.Format("FTL0050")).AssertSucceeded();
        string program = project.Read("Program.cs");
        Assert.DoesNotContain("LogInformation", program);
        Assert.Contains("Log.LogPlain(logger, 42);", program);
        Assert.Contains("public static partial void LogPlain(ILogger logger, int value);", program);
        string blocks = project.Read("BlockMessages.cs");
        Assert.Contains("public void Extended(int count) => LogExtended(logger, count);", blocks);
        Assert.Contains("private static partial void LogExtended(ILogger logger, int count);", blocks);
        Assert.Contains("logger.LogInformation(\"first {Item}\", items[0])", blocks);
        (await project.Dotnet("build", "--no-restore")).AssertSucceeded();
        await project.RunAndCheckLogs("built");
    }
}
