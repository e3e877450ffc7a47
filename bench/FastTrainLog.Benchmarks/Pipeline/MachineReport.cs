using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Says what machine a figure comes from and what else runs on it.</summary>
internal static class MachineReport
{
    public static string Describe()
    {
        string processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
            : "unknown processor";
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        int others = Process.GetProcesses().Count(IsBusy);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} logical cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; load average {load}, {others} other processes that used more than a second of processor time in the last ten minutes of their life");
    }

    private static bool IsBusy(Process process)
    {
        try
        {
            return process.Id != Environment.ProcessId && process.TotalProcessorTime > TimeSpan.FromSeconds(1) && DateTime.Now - process.StartTime < TimeSpan.FromMinutes(10);
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException or NotSupportedException)
        {
            // A process that ended meanwhile, or one that we may not look at.
            return false;
        }
    }
}
