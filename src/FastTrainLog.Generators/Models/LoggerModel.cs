namespace FastTrainLog.Generators.Models;

/// <summary>Where the logger of a method comes from.</summary>
/// <param name="Expression">The expression that reads it.</param>
/// <param name="Kind">What its static type says of it.</param>
/// <param name="IsNullable">Whether it is declared as one that may be null.</param>
internal sealed record LoggerModel(string Expression, LoggerKind Kind, bool IsNullable);
