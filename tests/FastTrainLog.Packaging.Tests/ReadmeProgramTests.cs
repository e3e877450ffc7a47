namespace FastTrainLog.Packaging.Tests;

/// <summary>The first program of the README, model included, as somebody has it who copies it: a fresh project in C#, F# and VB over the package.</summary>
[Collection(UserProgramsCollection.Name)]
public sealed class ReadmeProgramTests(UserPrograms programs)
{
    [Theory]
    [InlineData("Readme-csproj")]
    [InlineData("Readme-fsproj")]
    [InlineData("Readme-vbproj")]
    public async Task The_first_program_of_the_README_builds_and_runs(string project)
    {
        Command run = await programs.Run(project, "Readme");
        run.AssertSucceeded();
        Assert.InRange(run.Output.Split('\n').Length, 5, 60);
        Assert.Contains("next: fasttrainlog analyze logs", run.Output, StringComparison.Ordinal);

        string[] progress = File.ReadAllLines(programs.PathOf(project, "logs", "training_progress.log"));
        Assert.Equal(1000, progress.Count(line => line.Contains("Step ", StringComparison.Ordinal)));
        Assert.Contains("Loss: 9", progress.First(line => line.Contains("Step 1/", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Loss: 0.0", progress.Last(line => line.Contains("Step 1000/", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
