using System.Diagnostics;
using Xunit;

namespace FastTrainLog.Schedules.Tests.Planted;

/// <summary>The exploration finds the faults that it is there for.</summary>
/// <remarks>
/// <c>dotnet run --project tests/FastTrainLog.Schedules.Tests -- -explicit only -class "*PlantedBugTests" -showliveoutput</c> runs the exploration with each fault in turn.
/// </remarks>
public sealed class PlantedBugTests
{
    [Fact(Explicit = true)]
    public void Every_planted_bug_is_found()
    {
        int found = 0;
        foreach (PlantedBug bug in PlantedBug.All)
        {
            string? fault = Find(bug, "off") ?? Find(bug, "only");
            found += fault is null ? 0 : 1;
            TestContext.Current.TestOutputHelper!.WriteLine($"{bug}: {fault ?? "not found"}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{found} of {PlantedBug.All.Count} planted bugs are found");
        Assert.Equal(PlantedBug.All.Count, found);
    }

    // Gives what the first failing test says; null if none fails.
    private static string? Find(PlantedBug bug, string isExplicit)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noColor", "-stopOnFail", "-explicit", isExplicit, "-class", bug.IsOfMemory ? $"*{nameof(LateStoreTests)}" : $"*{nameof(HandOverTests)}"]) { RedirectStandardOutput = true };
        start.Environment[PlantedBug.Variable] = bug.Name;
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string[] lines = output.Split('\n');
        int failed = Array.FindIndex(lines, line => line.EndsWith("[FAIL]", StringComparison.Ordinal));
        // A library that cannot be loaded is no fault that was found.
        Assert.False(failed >= 0 && output.Contains("FileLoadException", StringComparison.Ordinal), output);
        if (failed >= 0)
        {
            return lines[failed + 1].Trim();
        }

        // Memory that two threads write to may end the process before a test fails.
        return process.ExitCode == 0 ? null : $"the process ended with {process.ExitCode}";
    }
}
