namespace FastTrainLog;

/// <summary>Excludes a property from what <see cref="LogFieldsAttribute"/> logs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class LogIgnoreAttribute : Attribute;
