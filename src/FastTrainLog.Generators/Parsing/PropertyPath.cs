using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>The way from a parameter to an object whose properties are logged.</summary>
/// <param name="Type">The object's type.</param>
/// <param name="Source">The expression that gives it.</param>
/// <param name="IsConditional">Whether the expression may give null because something above it is null.</param>
/// <param name="Prefix">What the names of its properties begin with.</param>
/// <param name="Identifier">What their identifiers begin with.</param>
/// <param name="Depth">How many levels of properties are logged, its own among them.</param>
/// <param name="Classification">The classification of the whole object, or null.</param>
/// <param name="Above">The types on the way, its own among them.</param>
internal sealed record PropertyPath(
    ITypeSymbol Type, string Source, bool IsConditional, string Prefix, string Identifier, int Depth, string? Classification, ImmutableArray<ITypeSymbol> Above)
{
    /// <summary>Returns the way on to a property.</summary>
    public PropertyPath To(IPropertySymbol property, FieldMarks marks)
    {
        bool canBeNull = !Type.IsValueType || Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return new PropertyPath(
            property.Type,
            $"{Source}{(canBeNull ? "?." : ".")}{Identifiers.Escape(property.Name)}",
            IsConditional || canBeNull,
            $"{Prefix}{(marks is { MaxDepth: not null, OmitsName: true } ? string.Empty : (marks.TagName ?? property.Name) + ".")}",
            $"{Identifier}_{property.Name}",
            marks.MaxDepth ?? Depth - 1,
            FieldMarks.Join(Classification, marks.Classification),
            Above.Add(ObjectProperties.Underlying(property.Type)));
    }
}
