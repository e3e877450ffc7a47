namespace FastTrainLog.Redaction;

/// <summary>What is masked in texts.</summary>
/// <param name="KnownForms">Whether keys, tokens, passwords and addresses in the forms that are known.</param>
/// <param name="Pattern">A regular expression for what else is; empty for nothing.</param>
internal sealed record ScrubRules(bool KnownForms, string Pattern);
