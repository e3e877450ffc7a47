namespace FastTrainLog.Generators.Models;

/// <summary>A value of a call that becomes an argument of the record: a parameter, or a part of one.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="StateKey">Its key in the state that loggers other than FastTrainLog's receive.</param>
/// <param name="Parameter">Its identifier in generated code: the parameter's own, where it is one.</param>
/// <param name="Type">Its type on the way into the record; a read-only span for spans and arrays that are copied as one.</param>
/// <param name="StateType">The type that the state keeps it in: the same, unless that is a span.</param>
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
    bool IsSequence)
{
    /// <summary>Gets the expression that gives the value in the method's body; of a classified one the value before it is redacted.</summary>
    public string Source { get; init; } = Parameter;

    /// <summary>Gets the class of the attribute that classifies the value, or null.</summary>
    public string? Classification { get; init; }

    /// <summary>Gets whether its type is a <c>Nullable&lt;T&gt;</c>.</summary>
    public bool IsNullableValue { get; init; }

    /// <summary>Gets whether its type is a type parameter.</summary>
    public bool IsGeneric { get; init; }

    /// <summary>Gets whether the value is made at the call, rather than taken from a parameter.</summary>
    public bool IsMade => Source != Parameter || Classification is not null;
}
