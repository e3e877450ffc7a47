namespace FastTrainLog.Generators.Models;

/// <summary>Where the logger of a method comes from.</summary>
/// <param name="Expression">The expression that reads it.</param>
/// <param name="IsTrainLogger">Whether its static type is the library's own logger.</param>
/// <param name="IsNullable">Whether it is declared as one that may be null.</param>
internal sealed record LoggerModel(string Expression, bool IsTrainLogger, bool IsNullable);
