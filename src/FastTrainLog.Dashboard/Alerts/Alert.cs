namespace FastTrainLog.Dashboard.Alerts;

/// <summary>What a rule has to say about a run. It is posted in this form, which chat services take because of its text.</summary>
/// <param name="Text">All of it in one line.</param>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Run">The run.</param>
/// <param name="Name">The run's display name, or null.</param>
/// <param name="Directory">Its log directory, relative to the directory that is shown.</param>
/// <param name="State">Its outcome.</param>
/// <param name="Step">Its last step, or null.</param>
/// <param name="Time">The time of the alert, in UTC.</param>
internal sealed record Alert(string Text, string Rule, string Run, string? Name, string Directory, string State, long? Step, DateTime Time);
