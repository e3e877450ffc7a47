using System.Globalization;

namespace FastTrainLog.Tests.Shared;

/// <summary>The signals that this process ignores, and with it each that it starts: jobs in a shell's background ignore SIGINT.</summary>
internal static class IgnoredSignals
{
    public static bool Contains(int signal)
    {
        const string Name = "SigIgn:";
        const string Status = "/proc/self/status";
        string? mask = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) : null;
        return mask is not null && ((ulong.Parse(mask.AsSpan(Name.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1)) & 1) != 0;
    }
}
