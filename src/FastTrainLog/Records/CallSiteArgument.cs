namespace FastTrainLog.Records;

/// <summary>Describes one argument of a call site: its name in the log and its binary form.</summary>
/// <param name="Name">The name, spelled as in the template, or as the parameter if the template lacks it.</param>
/// <param name="Kind">The binary form.</param>
/// <param name="IsNullable">Whether a byte precedes the value: 0 for null, with no value after it, or 1.</param>
/// <param name="EnumNames">The members' names of an enum; otherwise null.</param>
public sealed record CallSiteArgument(string Name, ArgumentKind Kind, bool IsNullable = false, EnumNames? EnumNames = null);
