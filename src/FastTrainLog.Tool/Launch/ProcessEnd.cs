using System.Globalization;

namespace FastTrainLog.Tool.Launch;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">What it returned; null if a signal ended it.</param>
/// <param name="Signal">The number of the signal that ended it; null if it returned.</param>
/// <param name="ProcessorTime">The processor time of it and its ended children; null if it is not known.</param>
/// <param name="PeakBytes">The most memory that it had at once, in bytes; null if it is not known.</param>
internal readonly record struct ProcessEnd(int? ExitCode, int? Signal, TimeSpan? ProcessorTime = null, long? PeakBytes = null)
{
    private const int SignalCode = 128;
    private const int KillNumber = 9;

    public bool IsFailure => ExitCode != 0;

    /// <summary>Gets what a shell returns for it: the exit code, or 128 and the signal's number.</summary>
    public int ShellCode => ExitCode ?? (SignalCode + Signal!.Value);

    public override string ToString() => ExitCode is { } code
        ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}")
        : Signals.NameOf(Signal!.Value) + (Signal == KillNumber ? ", which the kernel also sends when memory runs out" : string.Empty);
}
