using System.Text.Json;

namespace FastTrainLog.Packaging.Tests;

public sealed class ToolPackageTests(Packages packages)
{
    [Fact]
    public async Task The_tool_is_installed_from_its_package_and_analyses_a_log()
    {
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-tool-").FullName;
        string configuration = Path.Combine(directory, "nuget.config");
        File.WriteAllText(configuration, $"""<configuration><packageSources><clear /><add key="feed" value="{packages.Feed}" /></packageSources></configuration>""");

        (await Command.Run("dotnet", directory, "tool", "install", "FastTrainLog.Tool", "--tool-path", "tools", "--version", Packages.Version, "--configfile", configuration, "--no-cache")).AssertSucceeded();

        string logs = Directory.CreateDirectory(Path.Combine(directory, "logs")).FullName;
        File.WriteAllLines(
            Path.Combine(logs, "run.jsonl"),
            Enumerable.Range(1, 3).Select(static step =>
                $$"""{"timestamp":"2026-11-24T06:00:0{{step}}.0000000Z","level":"INFO","logger":"training_progress","run":"a","eventId":1001,"event":"Step","message":"Step {{step}}","properties":{"Step":{{step}},"Loss":{{step}} } }"""));
        string tool = Path.Combine(directory, "tools", OperatingSystem.IsWindows() ? "fasttrainlog.exe" : "fasttrainlog");
        Command analysis = await Command.Run(tool, directory, "analyze", "logs", "--json");
        analysis.AssertSucceeded();
        JsonElement progress = JsonElement.Parse(analysis.Output).GetProperty("progress");
        Assert.Equal((3, 3), (progress.GetProperty("steps").GetInt32(), progress.GetProperty("last_step").GetInt32()));

        // What is native in it came along.
        (await Command.Run(tool, directory, "export", "logs", "--format", "sqlite", "--out", "run.db")).AssertSucceeded();
        Assert.StartsWith("SQLite format 3", File.ReadAllText(Path.Combine(directory, "run.db")), StringComparison.Ordinal);

        // SQL is a tool of its own, which is found where it is installed beside this one.
        Command lacking = await Command.Run(tool, directory, "query", "logs", "SELECT 1");
        Assert.Contains("dotnet tool install --global FastTrainLog.Query", lacking.Output, StringComparison.Ordinal);
        (await Command.Run("dotnet", directory, "tool", "install", "FastTrainLog.Query", "--tool-path", "tools", "--version", Packages.Version, "--configfile", configuration, "--no-cache")).AssertSucceeded();
        Command query = await Command.Run(tool, directory, "query", "logs", "SELECT run, max(loss) AS most FROM steps GROUP BY run", "--format", "csv");
        query.AssertSucceeded();
        Assert.Equal(["run,most", "a,3"], query.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void The_tool_is_small_and_brings_native_libraries_for_desktops_and_servers_alone()
    {
        Assert.InRange(packages.SizeOf("FastTrainLog.Tool"), 1, 15_000_000);
        string[] platforms = [.. packages.Files("FastTrainLog.Tool").Where(static file => file.Contains("/native/", StringComparison.Ordinal)).Select(static file => file.Split("/runtimes/")[1].Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(["linux-arm64", "linux-musl-arm64", "linux-musl-x64", "linux-x64", "osx-arm64", "osx-x64", "win-arm64", "win-x64"], platforms);

        // What the host looks for is what there is.
        string dependencies = System.Text.Encoding.UTF8.GetString(packages.Read("FastTrainLog.Tool", packages.Files("FastTrainLog.Tool").Single(static file => file.EndsWith("FastTrainLog.Tool.deps.json", StringComparison.Ordinal))));
        Assert.DoesNotContain("android", dependencies, StringComparison.Ordinal);
        Assert.DoesNotContain("wasm", dependencies, StringComparison.Ordinal);
    }
}
