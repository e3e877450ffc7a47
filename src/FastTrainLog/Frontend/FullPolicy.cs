namespace FastTrainLog;

/// <summary>Determines what a log call does when the backend cannot keep up and no page is free.</summary>
public enum FullPolicy
{
    /// <summary>Waits for a page, at most <see cref="TrainLogOptions.BlockTimeout"/>; then the record is dropped and counted.</summary>
    Block,

    /// <summary>Drops and counts the new record at once.</summary>
    DropNewest,

    /// <summary>Drops and counts records below <see cref="TrainLogOptions.DropBelowLevel"/> at once; waits with the others.</summary>
    DropBelow,

    /// <summary>Allocates more memory, up to <see cref="TrainLogOptions.MaxBufferBytes"/>; then waits.</summary>
    Grow,
}
