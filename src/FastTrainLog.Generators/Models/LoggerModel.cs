namespace FastTrainLog.Generators.Models;

/// <summary>The source of a method's logger.</summary>
/// <param name="Expression">The expression that reads it.</param>
/// <param name="Kind">What is known from its static type.</param>
/// <param name="IsNullable">Whether it is declared as nullable.</param>
internal sealed record LoggerModel(string Expression, LoggerKind Kind, bool IsNullable);
