using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds classified properties in values that are logged whole: their own text, or a logger that takes them apart, would show them.</summary>
internal static class ClassifiedParts
{
    /// <summary>Returns a classified property of a type, or of what its properties, items or type arguments are; null where there is none.</summary>
    public static IPropertySymbol? In(ITypeSymbol type) => In(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));

    private static IPropertySymbol? In(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (BinaryForms.Of(type).Form != ArgumentForm.Text || type.SpecialType != SpecialType.None || !seen.Add(type))
        {
            return null;
        }

        if (type is IArrayTypeSymbol array)
        {
            return In(array.ElementType, seen);
        }

        if (type is INamedTypeSymbol named && named.TypeArguments.Select(a => In(a, seen)).FirstOrDefault(static p => p is not null) is { } ofArgument)
        {
            return ofArgument;
        }

        // The properties of the platform's types lead everywhere, but to nothing that is classified.
        if (ObjectProperties.IsOfThePlatform(type))
        {
            return null;
        }

        foreach (IPropertySymbol property in ObjectProperties.Of(type))
        {
            if (FieldMarks.Of(property).Classification is not null)
            {
                return property;
            }

            if (In(property.Type, seen) is { } below)
            {
                return below;
            }
        }

        return null;
    }
}
