namespace FastTrainLog.Generators.Models;

/// <summary>A value of a call that becomes an argument of the record: a parameter, or a part of one.</summary>
/// <param name="Name">Its name in the log.</param>
/// <param name="StateKey">Its key in the state that loggers other than FastTrainLog's receive.</param>
/// <param name="Parameter">Its identifier in generated code: the parameter's name if it is one.</param>
/// <param name="Type">The type with which it is written to the record; a read-only span for spans and arrays that are copied as one.</param>
/// <param name="StateType">The type in which the state stores it: the same, unless that is a span.</param>
/// <param name="IsSpan">Whether the state must store a copy of it.</param>
/// <param name="CanBeNull">Whether a value of its type can be null.</param>
/// <param name="Binary">Its binary form.</param>
/// <param name="Format">The format of its first placeholder in the template.</param>
/// <param name="IsSequence">Whether its type is a sequence other than a string.</param>
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
    /// <summary>Gets the expression of the value in the method's body; for a classified one, the value before it is redacted.</summary>
    public string Source { get; init; } = Parameter;

    /// <summary>Gets the class of the attribute that classifies the value, or null.</summary>
    public string? Classification { get; init; }

    /// <summary>Gets the formats of its other placeholders if a record must store a text for each; an empty one for a placeholder without a format.</summary>
    public EquatableArray<string> OtherFormats { get; init; }

    /// <summary>Gets whether its type is a <c>Nullable&lt;T&gt;</c>.</summary>
    public bool IsNullableValue { get; init; }

    /// <summary>Gets whether its type is a type parameter.</summary>
    public bool IsGeneric { get; init; }

    /// <summary>Gets whether user code runs to get the value: that of a property, or of the owner of memory.</summary>
    public bool IsRead { get; init; }

    /// <summary>Gets whether it is a number, an enum, a character, a string or the like that is logged as it is, under one name and in one format.</summary>
    /// <remarks>A value is stored as it is in memory, so a time with its kind or offset is none of them.</remarks>
    public bool IsPlain =>
        Binary is { Form: ArgumentForm.Value or ArgumentForm.String, Kind: not ("DateTime" or "DateTimeOffset" or "TensorSummary"), IsNullable: false } or { Enum: not null, IsNullable: false }
        && !IsMade && !IsGeneric && !IsNullableValue && StateKey == Name && OtherFormats.Length == 0 && Format != BinaryForm.Bytes;

    /// <summary>Gets whether <see cref="Type"/> is a ref struct.</summary>
    public bool IsRefStruct => IsSpan || Type.StartsWith("global::System.ReadOnlySpan<", StringComparison.Ordinal);

    /// <summary>Gets whether the value is created in the call instead of being a parameter.</summary>
    public bool IsMade => Source != Parameter || Classification is not null;
}
