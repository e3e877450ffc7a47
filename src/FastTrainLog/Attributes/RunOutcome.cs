using System.Text.Json.Serialization;

namespace FastTrainLog.Training;

/// <summary>The outcome of a run. Logs, snapshots, analyses and exports use these words, in lower case.</summary>
[JsonConverter(typeof(RunOutcomeConverter))]
public enum RunOutcome
{
    /// <summary>It is in progress.</summary>
    Running,

    /// <summary>It has not ended, and has made no progress for so long that it hangs, or its process is gone.</summary>
    Stalled,

    /// <summary>It ended successfully.</summary>
    Completed,

    /// <summary>It failed: by an exception, or because its program reported a failure.</summary>
    Failed,

    /// <summary>It was cancelled before its last step: by a cancelled operation, or by its user.</summary>
    Cancelled,

    /// <summary>Its process ended normally while the run was open: by a signal, by an exit code, or because the log was closed.</summary>
    Stopped,

    /// <summary>Its process was killed, as by SIGKILL or the out-of-memory killer, and could not log anything more.</summary>
    Killed,
}
