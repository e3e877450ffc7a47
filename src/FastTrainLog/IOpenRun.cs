using FastTrainLog.Records;

namespace FastTrainLog;

/// <summary>A run that is in progress, as seen by its log, which ends it if no other code does.</summary>
internal interface IOpenRun
{
    /// <summary>Gets the run context of its records.</summary>
    RunContext Context { get; }

    /// <summary>Gets the last step of training that it logged, or null.</summary>
    long? LastStep { get; }

    /// <summary>Gets how often it was logged to after its end.</summary>
    long CallsAfterEnd { get; }

    /// <summary>Ends it as stopped, because its log is closed.</summary>
    void EndWithLog();

    /// <summary>Ends it as stopped, because the process ends.</summary>
    void EndWithProcess(string reason);

    /// <summary>Ends it as failed, because of an unhandled exception.</summary>
    void EndBy(Exception exception);
}
