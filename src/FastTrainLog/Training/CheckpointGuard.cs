namespace FastTrainLog.Training;

/// <summary>What a run does about a checkpoint after gradients that were not finite went into the model.</summary>
public enum CheckpointGuard
{
    /// <summary>Saves it, and says in the log that it may be damaged.</summary>
    Flag,

    /// <summary>Does not save it, so that the last good one stays; until a model is loaded again.</summary>
    Refuse,
}
