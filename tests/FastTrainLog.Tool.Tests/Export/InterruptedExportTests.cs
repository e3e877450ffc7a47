using System.Diagnostics;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests.Reading;
using Xunit;

namespace FastTrainLog.Tool.Tests.Export;

public sealed class InterruptedExportTests(LargeLog log) : IClassFixture<LargeLog>
{
    private const int Terminated = 143;

    // Not SIGINT, which a shell lets what it starts in the background ignore.
    [Fact]
    public void An_export_that_a_signal_stops_leaves_nothing()
    {
        using var target = new LogDirectory();
        using ToolProcess tool = Start(target);
        Signal(tool);
        Assert.Equal(Terminated, tool.Wait());
        Assert.Empty(tool.Error);
        Assert.Empty(Directory.GetFileSystemEntries(target.Path));
    }

    [Fact]
    public void A_second_signal_ends_it_without_a_trace()
    {
        using var target = new LogDirectory();
        using ToolProcess tool = Start(target);
        Signal(tool);
        Signal(tool);
        Assert.Equal(Terminated, tool.Wait());
        Assert.Empty(tool.Error);
    }

    private ToolProcess Start(LogDirectory target)
    {
        ToolProcess tool = ToolProcess.Start("export", log.Path, "--format", "sqlite", "--out", target.PathOf("run.db"));
        Assert.True(Eventually.Is(() => Directory.GetFiles(target.Path, "*.partial").Length > 0, TimeSpan.FromMinutes(1)));
        return tool;
    }

    private static void Signal(ToolProcess tool)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals to send to another process.");
        using Process kill = Process.Start("kill", ["-TERM", $"{tool.Id}"]);
        kill.WaitForExit();
    }
}
