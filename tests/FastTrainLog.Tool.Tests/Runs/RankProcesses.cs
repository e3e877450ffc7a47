using System.Diagnostics;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>The processes of a run: see RankOfRun in FastTrainLog.Crash.Child.</summary>
internal static class RankProcesses
{
    /// <summary>Runs them to their end.</summary>
    /// <param name="ranks">How many there are.</param>
    /// <param name="directoryOf">The log directory of a rank.</param>
    /// <param name="troubleOf">What is wrong with a rank: <c>slow</c>, <c>nan</c>, <c>apart</c>; else anything.</param>
    public static void Train(int ranks, Func<int, string> directoryOf, Func<int, string> troubleOf)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll");
        Process[] processes = [.. Enumerable.Range(0, ranks).Select(rank =>
            Process.Start(new ProcessStartInfo("dotnet", [assembly, "rank", directoryOf(rank), "together", $"{rank}", $"{ranks}", troubleOf(rank)]) { RedirectStandardError = true })!)];
        foreach (Process process in processes)
        {
            using (process)
            {
                string error = process.StandardError.ReadToEnd();
                process.WaitForExit();
                if (process.ExitCode != 0)
                {
                    throw new InvalidOperationException($"A rank returned {process.ExitCode}: {error}");
                }
            }
        }
    }
}
