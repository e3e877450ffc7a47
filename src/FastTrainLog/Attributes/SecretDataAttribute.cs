namespace FastTrainLog;

/// <summary>Marks a value as a secret: a password, a key, a token.</summary>
public sealed class SecretDataAttribute : ClassifiedDataAttribute;
