using FastTrainLog.Platform;
using FastTrainLog.Sampling;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>The calls that sampling and rate limits suppressed and that no record has reported yet.</summary>
/// <remarks>Thread-safe. They are reported automatically when a <see cref="TrainLogging"/> or the process ends.</remarks>
public static class SuppressedCalls
{
    private static readonly Lock Registration = new();
    private static readonly List<CallGate> Gates = [];

    static SuppressedCalls()
    {
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        PluginContext.OnUnload(static () => AppDomain.CurrentDomain.ProcessExit -= OnProcessExit);
    }

    /// <summary>
    /// Logs for each call site how many of its calls were suppressed since its last record, at its level, to the logger of the last suppressed call.
    /// Call it before you dispose a logger factory that is not FastTrainLog's: at the end of the process its providers may be gone.
    /// </summary>
    public static void Report() => Report(static _ => true);

    /// <summary>Reports the calls that were suppressed on some loggers.</summary>
    internal static void Report(Predicate<ILogger> concerns)
    {
        CallGate[] gates;
        lock (Registration)
        {
            gates = [.. Gates];
        }

        foreach (CallGate gate in gates)
        {
            gate.Report(concerns);
        }
    }

    private static void OnProcessExit(object? sender, EventArgs e) => Report();

    internal static void Watch(CallGate gate)
    {
        lock (Registration)
        {
            Gates.Add(gate);
        }
    }
}
