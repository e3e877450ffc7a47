using System.Text.Json;

namespace FastTrainLog.Packaging.Tests;

public sealed class ToolPackageTests
{
    [Fact]
    public async Task The_tool_is_installed_from_its_package_and_analyses_a_log()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-tool-").FullName;
        string feed = Directory.CreateDirectory(Path.Combine(directory, "feed")).FullName;
        string configuration = Path.Combine(directory, "nuget.config");
        (await Command.Dotnet(
            BuildMetadata.Read("RepositoryRoot"), "pack", "src/FastTrainLog.Tool", "--no-build", "-c", BuildMetadata.Read("Configuration"), "-o", feed, $"-p:PackageVersion={PackedLibrary.Version}")).AssertSucceeded();
        File.WriteAllText(configuration, $"""<configuration><packageSources><clear /><add key="feed" value="{feed}" /></packageSources></configuration>""");

        (await Command.Run("dotnet", directory, "tool", "install", "FastTrainLog.Tool", "--tool-path", "tools", "--version", PackedLibrary.Version, "--configfile", configuration, "--no-cache")).AssertSucceeded();

        string logs = Directory.CreateDirectory(Path.Combine(directory, "logs")).FullName;
        File.WriteAllLines(
            Path.Combine(logs, "run.jsonl"),
            Enumerable.Range(1, 3).Select(static step =>
                $$"""{"timestamp":"2026-11-24T06:00:0{{step}}.0000000Z","level":"INFO","logger":"training_progress","run":"a","eventId":1001,"event":"Step","message":"Step {{step}}","properties":{"Step":{{step}},"Loss":{{step}} } }"""));
        string tool = Path.Combine(directory, "tools", OperatingSystem.IsWindows() ? "fasttrainlog.exe" : "fasttrainlog");
        Command analysis = await Command.Run(tool, directory, "analyze", "logs", "--json");
        analysis.AssertSucceeded();
        JsonElement progress = JsonElement.Parse(analysis.Output).GetProperty("progress");
        Assert.Equal((3, 3), (progress.GetProperty("steps").GetInt32(), progress.GetProperty("lastStep").GetInt32()));

        // What is native in it came along.
        (await Command.Run(tool, directory, "export", "logs", "--format", "sqlite", "--out", "run.db")).AssertSucceeded();
        Assert.StartsWith("SQLite format 3", File.ReadAllText(Path.Combine(directory, "run.db")), StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }
}
