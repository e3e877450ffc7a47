using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using FastTrainLog.Tool.Directories;

namespace FastTrainLog.Tool.Doctor;

/// <summary>Which clock stamps records, and whether the system's clock stands before what is logged already.</summary>
internal static class ClockCheck
{
    public static IEnumerable<Finding> Run(LogDirectoryState state)
    {
        string? asked = state.Environment.FirstOrDefault(variable => variable.Key == TimeStampCounter.Variable).Value;
        if (!string.IsNullOrEmpty(asked) && !asked.Equals("stopwatch", StringComparison.OrdinalIgnoreCase))
        {
            yield return Finding.Warning($"{TimeStampCounter.Variable} is '{asked}', which means nothing", $"set it to stopwatch, or remove it");
        }

        yield return TickClock.IsCounter
            ? Finding.Ok("records are stamped by the processor's time stamp counter")
            : Finding.Ok(RuntimeInformation.ProcessArchitecture == Architecture.X64 && OperatingSystem.IsLinux() && string.IsNullOrEmpty(asked)
                ? "records are stamped by Stopwatch, since the kernel does not trust the processor's counter here; a log call costs about 20 ns more"
                : "records are stamped by Stopwatch");

        DateTime now = DateTime.UtcNow;
        if (state.Files.MaxBy(file => file.LastWrite) is { } latest && latest.LastWrite > now + TimeSpan.FromMinutes(1))
        {
            yield return Finding.Error(
                $"{latest.Path} was written at {latest.LastWrite:u}, and the clock says {now:u}: it was set back, or the files come from a machine whose clock is ahead",
                "set the clock by NTP; records of before and after are not in order");
        }
    }
}
