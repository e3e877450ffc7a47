using FastTrainLog.Frontend;
using FastTrainLog.Sampling;

namespace FastTrainLog;

/// <summary>Knows the calls that sampling and rate limits left out and that no record has told of yet.</summary>
/// <remarks>Thread-safe. A <see cref="TrainLogging"/> that ends reports them by itself, and so does a process that ends.</remarks>
public static class SuppressedCalls
{
    private static readonly Lock Registration = new();
    private static readonly List<CallGate> Gates = [];

    static SuppressedCalls() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Report();

    /// <summary>
    /// Logs for each call site how many of its calls were left out since its last record, at its level, to the logger of the last one of them.
    /// Call it before you dispose a logger factory that is not FastTrainLog's: at the end of the process its providers may be gone.
    /// </summary>
    public static void Report() => Report(null);

    internal static void Report(LogPipeline? ending)
    {
        CallGate[] gates;
        lock (Registration)
        {
            gates = [.. Gates];
        }

        foreach (CallGate gate in gates)
        {
            gate.Report(ending);
        }
    }

    internal static void Watch(CallGate gate)
    {
        lock (Registration)
        {
            Gates.Add(gate);
        }
    }
}
