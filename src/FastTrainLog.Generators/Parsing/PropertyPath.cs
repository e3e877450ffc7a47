using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>The path from a parameter to an object whose properties are logged.</summary>
/// <param name="Type">The object's type.</param>
/// <param name="Source">The expression for it.</param>
/// <param name="IsConditional">Whether the expression may be null because something above it is null.</param>
/// <param name="Prefix">The prefix of the names of its properties.</param>
/// <param name="Identifier">The prefix of their identifiers.</param>
/// <param name="Depth">The number of levels of properties that are logged, including its own.</param>
/// <param name="Classification">The classification of the whole object, or null.</param>
/// <param name="TakesMarkedApart">Whether only properties with their own attribute are expanded below it.</param>
/// <param name="Above">The types on the path, including its own.</param>
internal sealed record PropertyPath(
    ITypeSymbol Type, string Source, bool IsConditional, string Prefix, string Identifier, int Depth, Classification? Classification, bool TakesMarkedApart, ImmutableArray<ITypeSymbol> Above)
{
    /// <summary>Returns the path to a property.</summary>
    public PropertyPath To(IPropertySymbol property, FieldMarks marks)
    {
        bool canBeNull = !Type.IsValueType || Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return new PropertyPath(
            property.Type,
            $"{Receiver(property)}{(canBeNull ? "?." : ".")}{Identifiers.Escape(property.Name)}",
            IsConditional || canBeNull,
            $"{Prefix}{(marks is { MaxDepth: not null, OmitsName: true } ? string.Empty : (marks.TagName ?? property.Name) + ".")}",
            $"{Identifier}_{property.Name}",
            marks.MaxDepth ?? Depth - 1,
            Parsing.Classification.Join(Classification, marks.Classification),
            marks.MaxDepth is null ? TakesMarkedApart : marks.TakesMarkedApart,
            Above.Add(ObjectProperties.Underlying(property.Type)));
    }

    // Its name alone would refer to another member if one hides it, or if two interfaces declare it.
    private string Receiver(IPropertySymbol property) =>
        ObjectProperties.IsReachedByName(Type, property)
            ? Source
            : $"(({property.ContainingType.ToDisplayString(TypeFormats.Full)}{(Type.IsValueType ? string.Empty : "?")}){Source})";
}
