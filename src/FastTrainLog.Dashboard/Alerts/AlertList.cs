namespace FastTrainLog.Dashboard.Alerts;

/// <summary>What the page shows of alerts.</summary>
/// <param name="OfFile">The rules of the file, without the addresses and the programs, which may contain secrets.</param>
/// <param name="OfPage">The rules of the page.</param>
/// <param name="Fault">What is wrong with the file of the page's rules, or null.</param>
/// <param name="IsKept">Whether the page's rules could be written.</param>
/// <param name="Conditions">What a rule may be about, with its explanation.</param>
/// <param name="MayChange">Whether this client may change the page's rules.</param>
/// <param name="Raised">The last alerts.</param>
internal sealed record AlertList(IReadOnlyList<AlertRule> OfFile, IReadOnlyList<AlertRule> OfPage, string? Fault, bool IsKept, IReadOnlyDictionary<string, string> Conditions, bool MayChange, IReadOnlyList<RaisedAlert> Raised);
