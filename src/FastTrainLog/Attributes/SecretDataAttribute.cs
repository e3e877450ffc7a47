namespace FastTrainLog;

/// <summary>Says that a value is a secret: a password, a key, a token.</summary>
public sealed class SecretDataAttribute : ClassifiedDataAttribute;
