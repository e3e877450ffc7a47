namespace FastTrainLog.Dashboard.Alerts;

/// <summary>A change of the page's rules.</summary>
/// <param name="Add">The rule to add, or null.</param>
/// <param name="Remove">The rule to remove, or null.</param>
internal sealed record AlertChange(AlertRule? Add, AlertRule? Remove);
