namespace FastTrainLog.Analysis;

/// <summary>Similar errors or warnings: with the same event and level, and, if present, the same category, operation and type of exception.</summary>
/// <param name="Event">The event's name, or its number.</param>
/// <param name="Logger">The logger.</param>
/// <param name="Level">The level, as in the file.</param>
/// <param name="Category">The category of the error, or null.</param>
/// <param name="Operation">The operation, or null.</param>
/// <param name="ExceptionType">The type of the exception, or null.</param>
/// <param name="Count">Their number.</param>
/// <param name="PerThousandSteps">Their number per thousand steps of the run; null if there is no step.</param>
/// <param name="First">The time of the first, in UTC.</param>
/// <param name="FirstStep">The step of the first: its own, or the one logged last before it.</param>
/// <param name="Last">The time of the last, in UTC.</param>
/// <param name="LastStep">The step of the last.</param>
/// <param name="Recovered">The number from which the program recovered.</param>
/// <param name="CommonContext">The context common to all of them: one value, or for numbers the range from minimum to maximum.</param>
/// <param name="Suggestion">The usual fix, or null.</param>
/// <param name="Example">The error of the first, or its complete message.</param>
public sealed record ErrorPattern(
    string Event,
    string Logger,
    string Level,
    string? Category,
    string? Operation,
    string? ExceptionType,
    long Count,
    double? PerThousandSteps,
    DateTime First,
    long? FirstStep,
    DateTime Last,
    long? LastStep,
    long Recovered,
    IReadOnlyDictionary<string, string> CommonContext,
    string? Suggestion,
    string Example);
