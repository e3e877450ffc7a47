using System.Diagnostics;
using Xunit;

namespace DigitsTraining.Tests;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public void On_a_terminal_there_are_colours_unless_NO_COLOR_is_set(string noColor, bool isColoured)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no 'script' here, which makes a terminal");
        string directory = Directory.CreateTempSubdirectory("ftl-terminal-").FullName;
        string command = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "DigitsTraining.dll")}' --epochs 1";
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", command, "/dev/null"])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NO_COLOR"] = noColor;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("Training completed successfully", output, StringComparison.Ordinal);
        Assert.Equal(isColoured, output.Contains("\e[32m[", StringComparison.Ordinal));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Where_the_output_is_redirected_there_are_neither_colours_nor_a_line_of_progress()
    {
        using var sample = new SampleProcess("--epochs", "1");
        Assert.Equal(0, sample.WaitForEnd());
        Assert.Contains("Training completed successfully", sample.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', sample.Output);
        Assert.DoesNotContain('\r', sample.Output);
    }
}
