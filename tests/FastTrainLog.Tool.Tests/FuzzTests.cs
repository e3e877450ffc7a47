using System.Diagnostics;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tool.Tests;

/// <summary>A sample of the inputs by which everything that reads bytes of others is tried; <c>eng/fuzz.sh</c> tries millions, guided by coverage.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData("lines", 200)]
    [InlineData("index", 40)]
    [InlineData("columns", 500)]
    [InlineData("packed", 200)]
    [InlineData("gzip", 500)]
    [InlineData("encrypted", 500)]
    [InlineData("journal", 2000)]
    [InlineData("template", 2000)]
    [InlineData("options", 2000)]
    public async Task What_anybody_may_have_written_is_read_or_refused(string target, int inputs)
    {
        // A process of its own: what reads memory that is not its own takes the process with it.
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Fuzz.dll"), target, $"{(Campaign.Of(inputs / 5, inputs, 100 * inputs))}", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, string.Empty), (process.ExitCode, await error));
        Assert.StartsWith($"{target}: ", output, StringComparison.Ordinal);
    }
}
