using System.Text.Json;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>The commands read a log in a third of its size: the runtime gives them no more memory for objects than that.</summary>
public sealed class BoundedMemoryTests(LargeLog log) : IClassFixture<LargeLog>
{
    private const long MostBytes = 32L * 1024 * 1024;

    [Fact]
    public void Analysis_stays_in_bounds()
    {
        string output = Run("analyze", log.Path, "--json");
        Assert.Equal(log.Steps, JsonElement.Parse(output).GetProperty("progress").GetProperty("steps").GetInt64());
    }

    [Theory]
    [InlineData("csv", "steps.csv")]
    [InlineData("jsonl", "all.jsonl")]
    [InlineData("sqlite", "run.db")]
    [InlineData("tensorboard", "events")]
    public void An_export_stays_in_bounds(string format, string name)
    {
        using var target = new LogDirectory();
        Run("export", log.Path, "--format", format, "--out", target.PathOf(name));
        long written = new DirectoryInfo(target.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.InRange(written, log.Steps * 20, long.MaxValue);
    }

    private static string Run(params string[] arguments)
    {
        Assert.InRange(LargeLog.Bytes, MostBytes * 2, long.MaxValue);
        using var tool = ToolProcess.Start(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = $"0x{MostBytes:x}" }, arguments);
        Assert.True(tool.Wait() == 0, tool.Error);
        return tool.Output;
    }
}
