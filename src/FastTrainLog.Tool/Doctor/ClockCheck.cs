using System.Runtime.InteropServices;
using FastTrainLog.Platform;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Checks which clock provides timestamps, and whether the system clock is behind the last record.</summary>
internal static class ClockCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        string? asked = state.Environment.FirstOrDefault(variable => variable.Key == TimeStampCounter.Variable).Value;
        if (!string.IsNullOrEmpty(asked) && !asked.Equals("stopwatch", StringComparison.OrdinalIgnoreCase))
        {
            yield return Finding.Warning($"{TimeStampCounter.Variable} is '{asked}', which is not a valid value", $"set it to stopwatch, or remove it");
        }

        yield return TickClock.IsCounter
            ? Finding.Ok("timestamps are from the processor's time stamp counter")
            : Finding.Ok(RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux() && string.IsNullOrEmpty(asked)
                ? "timestamps are from Stopwatch, since the kernel does not trust the processor's counter here; a log call costs about 20 ns more"
                : "timestamps are from Stopwatch");

        DateTime now = DateTime.UtcNow;
        if (state.Files.MaxBy(file => file.LastWrite) is { } latest && latest.LastWrite > now + TimeSpan.FromMinutes(1))
        {
            yield return Finding.Error(
                $"{latest.Path} was written at {latest.LastWrite:u}, and the clock shows {now:u}: it was set back, or the files come from a machine whose clock is ahead",
                "synchronise the clock with NTP; records before and after the change are not in order");
        }
    }
}
