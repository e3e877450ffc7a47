namespace FastTrainLog.Training;

/// <summary>What a run does with a checkpoint after non-finite gradients were applied to the model.</summary>
public enum CheckpointGuard
{
    /// <summary>Saves it, and logs that it may be damaged.</summary>
    Flag,

    /// <summary>Does not save it, so that the last good one is kept, until a model is loaded again.</summary>
    Refuse,
}
