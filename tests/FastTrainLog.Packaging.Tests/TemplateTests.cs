namespace FastTrainLog.Packaging.Tests;

/// <summary>The template as somebody uses it who has no more than the SDK: installed, created, run.</summary>
[Collection(UserProgramsCollection.Name)]
public sealed class TemplateTests(UserPrograms programs)
{
    [Fact]
    public async Task A_program_from_the_template_builds_without_a_warning_learns_and_is_logged()
    {
        string project = programs.PathOf(UserPrograms.Template);
        Assert.Contains($"Version=\"{Packages.Version}\"", File.ReadAllText(Path.Combine(project, "My.Training.csproj")), StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(project, "*.cs"), static file => Assert.DoesNotContain("FastTrainLogConsole", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(project, ".template.config")));

        (await programs.Run(UserPrograms.Template, "My.Training")).AssertSucceeded();

        string progress = File.ReadAllText(Path.Combine(project, "logs", "training_progress.log"));
        Assert.Contains("Step 600/600", progress, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(project, "best.bin")));
        string last = File.ReadLines(Path.Combine(project, "logs", "main.log")).Last(static line => line.Contains("classifies", StringComparison.Ordinal));
        double accuracy = double.Parse(last.Split("classifies ")[1].Split('%')[0].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(accuracy > 90.0, last);
    }
}
