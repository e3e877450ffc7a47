namespace FastTrainLog.Packaging.Tests;

/// <summary>
/// The packages ask for no later version of .NET and of Microsoft.Extensions.Logging than they need, and work with that one as with the newest.
/// </summary>
[Collection(UserProgramsCollection.Name)]
public sealed class FloorTests(UserPrograms programs)
{
    private const string Lowest = "10.0.0";
    private const string Newest = "10.0.15";

    public static TheoryData<string, string> Pinned => new() { { "net10.0", Lowest }, { "net10.0", Newest }, { "net8.0", Lowest } };

    [Fact]
    public void The_library_depends_on_the_lowest_versions()
    {
        Assert.Equal(
            [$"Microsoft.Extensions.Logging {Lowest}", $"Microsoft.Extensions.Logging.Configuration {Lowest}"],
            programs.Packages.Dependencies("FastTrainLog"));
    }

    [Theory]
    [MemberData(nameof(Pinned))]
    public async Task A_program_that_pins_a_version_builds_without_a_warning_and_runs_with_it(string framework, string version)
    {
        string project = UserPrograms.Floor(framework, version);
        Command run = await programs.Run(project, "Floor", programs.PathOf(project, "logs"));
        run.AssertSucceeded();
        Assert.StartsWith($"Microsoft.Extensions.Logging.Abstractions {version}", run.Output, StringComparison.Ordinal);
        Assert.Contains($" on .NET {framework["net".Length..]}.", run.Output, StringComparison.Ordinal);
        Assert.Contains("debug of the host 1", File.ReadAllText(programs.PathOf(project, "logs", "main.log")), StringComparison.Ordinal);
    }
}
