namespace FastTrainLog.Analysis;

/// <summary>Errors or warnings that are alike: of one event and level, and where they have one, of one category, operation and type of exception.</summary>
/// <param name="Event">The event's name, or its number.</param>
/// <param name="Logger">The logger.</param>
/// <param name="Level">The level, as in the file.</param>
/// <param name="Category">The category of the error, or null.</param>
/// <param name="Operation">What was being done, or null.</param>
/// <param name="ExceptionType">The type of the exception, or null.</param>
/// <param name="Count">How many there are.</param>
/// <param name="PerThousandSteps">Those for each thousand steps of the run; null where there is no step.</param>
/// <param name="First">When the first came, in UTC.</param>
/// <param name="FirstStep">The step at which it came: its own, or the one logged last before it.</param>
/// <param name="Last">When the last came, in UTC.</param>
/// <param name="LastStep">The step at which it came.</param>
/// <param name="Recovered">How many were recovered from.</param>
/// <param name="CommonContext">The context that all of them have: one value, or for numbers the range from the least to the greatest.</param>
/// <param name="Suggestion">What usually helps, or null.</param>
/// <param name="Example">The first one's error, or its whole message.</param>
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
