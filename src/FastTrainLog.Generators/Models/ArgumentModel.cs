namespace FastTrainLog.Generators.Models;

/// <summary>A parameter that becomes an argument of the record.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="StateKey">Its key in the state that loggers other than FastTrainLog's receive.</param>
/// <param name="Parameter">The parameter's identifier in code.</param>
/// <param name="Type">The parameter's type; a read-only span for spans and arrays that are copied as one.</param>
/// <param name="StateType">The type that the state keeps it in: the parameter's own, unless that is a span.</param>
/// <param name="IsSpan">Whether the state needs a copy of it to keep.</param>
/// <param name="CanBeNull">Whether a value of its type can be null.</param>
/// <param name="Binary">Its binary form.</param>
/// <param name="Format">The format of its first hole in the template.</param>
/// <param name="IsSequence">Whether its type is a sequence and no string.</param>
internal sealed record ArgumentModel(
    string Name,
    string StateKey,
    string Parameter,
    string Type,
    string StateType,
    bool IsSpan,
    bool CanBeNull,
    BinaryForm Binary,
    string? Format,
    bool IsSequence);
