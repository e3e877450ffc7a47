namespace FastTrainLog.Dashboard.Alerts;

/// <summary>An alert that was told.</summary>
/// <param name="Number">Its number: 1 for the first one of this process.</param>
/// <param name="Key">The key of its run.</param>
/// <param name="Alert">What it says.</param>
internal sealed record RaisedAlert(long Number, string Key, Alert Alert);
