namespace FastTrainLog.Dashboard.Steering;

/// <summary>A command of a page to a run.</summary>
/// <param name="Run">The key of the run.</param>
/// <param name="Action">The command, as in <see cref="Control.ControlCommand.Action"/>.</param>
/// <param name="Name">The name of a value, or null.</param>
/// <param name="Value">The number that it is set to, or null.</param>
/// <param name="Text">The text of a note, or null.</param>
internal sealed record SteeringRequest(string? Run, string? Action, string? Name, double? Value, string? Text);
