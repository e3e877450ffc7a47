namespace FastTrainLog;

/// <summary>Keeps a property out of what <see cref="LogPropertiesAttribute"/> logs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class LogPropertyIgnoreAttribute : Attribute;
