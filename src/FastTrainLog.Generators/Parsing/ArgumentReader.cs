using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads a value that becomes an argument of the record.</summary>
/// <param name="type">Its type.</param>
/// <param name="source">Its expression.</param>
/// <param name="isConditional">Whether the expression contains <c>?.</c> and may therefore be null although the type is not nullable.</param>
internal sealed class ArgumentReader(ITypeSymbol type, string source, bool isConditional)
{
    public static ArgumentModel ReadException(IParameterSymbol parameter)
    {
        string identifier = Identifiers.Escape(parameter.Name);
        return new ArgumentReader(parameter.Type, identifier, isConditional: false).Read(parameter.Name, identifier, identifier, FieldMarks.None, classification: null, format: null) with
        {
            Binary = new BinaryForm(ArgumentForm.Exception, "Exception"),
        };
    }

    /// <summary>Returns whether a value has numbers that can be summarised or logged one by one.</summary>
    public static bool HasNumbers(ITypeSymbol type) => BinaryForms.Element(type) is { } element && KnownTypes.IsNumber(element);

    /// <summary>Returns whether the numbers of a value are summarised by default: other loggers get its text.</summary>
    public static bool IsSummarisedByItself(ITypeSymbol type) => HasNumbers(type) && type is not IArrayTypeSymbol;

    public ArgumentModel Read(string name, string stateKey, string identifier, FieldMarks marks, string? classification, string? format)
    {
        ArgumentModel argument = marks.Limit is { } limit ? Numbers(limit) : marks.IsSummary || IsSummarisedByItself(type) ? Summary() : Plain();
        argument = argument with { Name = name, StateKey = stateKey, Parameter = identifier, Format = format };
        return classification is null ? argument : Redacted(argument, classification);
    }

    private string Element => BinaryForms.Element(type)!.ToDisplayString(TypeFormats.Full);

    private string Span => !BinaryForms.IsMemory(type) ? source : isConditional ? $"({source}).GetValueOrDefault().Span" : $"{source}.Span";

    private ArgumentModel Summary() => Model("global::FastTrainLog.TensorSummary", BinaryForms.Summary) with
    {
        Source = $"global::FastTrainLog.TensorSummary.Of<{Element}>({Span})",
    };

    private ArgumentModel Numbers(int limit) =>
        Model($"global::FastTrainLog.Records.ValueSpan<{Element}>", new BinaryForm(ArgumentForm.Numbers, "Numbers")) with
        {
            StateType = $"global::FastTrainLog.LoggedValues<{Element}>",
            IsSpan = true,
            Source = $"new global::FastTrainLog.Records.ValueSpan<{Element}>({Span}, {limit})",
        };

    private ArgumentModel Plain()
    {
        BinaryForm binary = BinaryForms.Of(type);

        // No member is called on a dynamic value: it is written to the record as an object.
        string full = type is IDynamicTypeSymbol ? "object?" : type.ToDisplayString(TypeFormats.Full);
        bool isNullable = type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        if (isConditional && !isNullable)
        {
            full = full.TrimEnd('?') + "?";
            binary = binary with { IsNullable = binary.Form is ArgumentForm.Value or ArgumentForm.CastValue };
        }

        return Model(full, binary) with
        {
            Type = binary.Form switch
            {
                ArgumentForm.CharSpan => "global::System.ReadOnlySpan<char>",
                ArgumentForm.Metrics => "global::System.ReadOnlySpan<global::FastTrainLog.Metric>",
                _ => full,
            },
            StateType = binary.Form switch
            {
                ArgumentForm.CharSpan => "string",
                ArgumentForm.Metrics when type.IsRefLikeType => "global::FastTrainLog.Metric[]",
                _ => full,
            },
            IsSpan = type.IsRefLikeType,
            CanBeNull = isConditional || !type.IsValueType || isNullable,
            IsSequence = KnownTypes.IsSequence(type),
            IsNullableValue = isNullable || (isConditional && type.IsValueType),
            IsGeneric = type is ITypeParameterSymbol,
        };
    }

    // The result of a redactor is text, which is stored like a span of characters.
    private static ArgumentModel Redacted(ArgumentModel argument, string classification) => argument with
    {
        Type = "global::System.ReadOnlySpan<char>",
        StateType = "string",
        IsSpan = true,
        CanBeNull = false,
        IsSequence = false,
        IsNullableValue = false,
        IsGeneric = false,
        Binary = new BinaryForm(ArgumentForm.CharSpan, "String"),
        Format = null,
        Source = argument.Binary.Form is ArgumentForm.Numbers || (argument.Binary.Form is ArgumentForm.Metrics && argument.IsSpan) ? $"{argument.Source}{(argument.Binary.Form is ArgumentForm.Numbers ? ".Keep()" : ".ToArray()")}" : argument.Source,
        Classification = classification,
    };

    private ArgumentModel Model(string full, BinaryForm binary) =>
        new(string.Empty, string.Empty, string.Empty, full, full, IsSpan: false, CanBeNull: false, binary, Format: null, IsSequence: false) { Source = type is IDynamicTypeSymbol ? $"(object?){source}" : source };
}
