namespace FastTrainLog.Control;

/// <summary>What a run answers to a command.</summary>
/// <param name="Accepted">Whether the command was accepted. It takes effect after the step that the run is in.</param>
/// <param name="Message">What it changes, or why it was refused; in plain English.</param>
/// <param name="Status">The state of the run after it; null if the command could not be read.</param>
public sealed record ControlReply(bool Accepted, string Message, RunControlStatus? Status);
