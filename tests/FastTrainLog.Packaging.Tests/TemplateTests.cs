namespace FastTrainLog.Packaging.Tests;

/// <summary>The template as somebody uses it who has no more than the SDK: installed, created, run.</summary>
public sealed class TemplateTests(Packages packages)
{
    [Fact]
    public async Task A_program_from_the_template_builds_without_a_warning_learns_and_is_logged()
    {
        string root = Directory.CreateTempSubdirectory("fasttrainlog-template-").FullName;
        try
        {
            string hive = Path.Combine(root, "hive");
            string package = Path.Combine(packages.Feed, $"FastTrainLog.Templates.{Packages.Version}.nupkg");
            (await Command.Run("dotnet", root, "new", "install", package, "--debug:custom-hive", hive)).AssertSucceeded();
            (await Command.Run("dotnet", root, "new", "fasttrainlog-console", "-o", "My.Training", "--debug:custom-hive", hive)).AssertSucceeded();

            string project = Path.Combine(root, "My.Training");
            Assert.Contains($"Version=\"{Packages.Version}\"", File.ReadAllText(Path.Combine(project, "My.Training.csproj")), StringComparison.Ordinal);
            Assert.All(Directory.GetFiles(project, "*.cs"), static file => Assert.DoesNotContain("FastTrainLogConsole", File.ReadAllText(file), StringComparison.Ordinal));
            Assert.False(Directory.Exists(Path.Combine(project, ".template.config")));

            File.WriteAllText(Path.Combine(project, "NuGet.Config"), packages.Configuration);
            (await Command.Dotnet(project, "build", "-o", "built", "-warnaserror", "-warnnotaserror:NU1900;NU1901;NU1902;NU1903;NU1904")).AssertSucceeded();
            (await Command.Run(Path.Combine(project, "built", OperatingSystem.IsWindows() ? "My.Training.exe" : "My.Training"), project)).AssertSucceeded();

            string progress = File.ReadAllText(Path.Combine(project, "logs", "training_progress.log"));
            Assert.Contains("Step 600/600", progress, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(project, "best.bin")));
            string last = File.ReadLines(Path.Combine(project, "logs", "main.log")).Last(static line => line.Contains("classifies", StringComparison.Ordinal));
            double accuracy = double.Parse(last.Split("classifies ")[1].Split('%')[0].Trim(), System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(accuracy > 90.0, last);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
