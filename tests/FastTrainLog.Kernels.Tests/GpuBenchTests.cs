using System.Diagnostics;
using FastTrainLog.Kernels.Tests.StandIn;
using Xunit;

namespace FastTrainLog.Kernels.Tests;

/// <summary>The program that measures on a GPU, as a process of its own.</summary>
[Collection(StandInCollection.Name)]
public sealed class GpuBenchTests
{
    [Fact]
    public void Machine_without_a_GPU_gets_a_reason_and_an_exit_status_of_two()
    {
        (int status, _, string error) = Run("check", "--driver", "libno-such-driver.so.1");
        Assert.Equal(2, status);
        Assert.Equal(
            "Nothing was measured: no CUDA driver: libno-such-driver.so.1 cannot be loaded. Install the NVIDIA driver, or keep the gradients " +
            "on the CPU.",
            error.Trim());
    }

    [Fact]
    public void Argument_that_is_not_understood_gets_the_usage()
    {
        (int status, _, string error) = Run("--device", "minus one");
        Assert.Equal(64, status);
        Assert.StartsWith("--device: not understood. Usage:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_and_timings_run_to_their_end_on_the_stand_in_driver()
    {
        string results = Path.Combine(AppContext.BaseDirectory, "gpu-bench.json");
        (int status, string output, string error) = Run("--quick", "--driver", StandInLibrary.Require(), "--out", results);
        Assert.True(status == 0, output + error);
        Assert.Contains(", 0 failed", output, StringComparison.Ordinal);
        Assert.Contains("clip, all scaled", output, StringComparison.Ordinal);
        Assert.Contains("\"operation\": \"copy\"", File.ReadAllText(results), StringComparison.Ordinal);
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(GpuBench.BenchDriver).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
