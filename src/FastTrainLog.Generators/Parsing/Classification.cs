using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>The classification of a value.</summary>
/// <param name="Attribute">The class of the attribute.</param>
/// <param name="IsMixed">Whether there are several: then none applies, and the value is erased.</param>
internal sealed record Classification(INamedTypeSymbol Attribute, bool IsMixed)
{
    // A generic type may be a sequence of ever larger constructions of itself, so the search is bounded.
    private const int MostTypes = 1000;

    /// <summary>Returns the classification of a part, given that of the whole.</summary>
    public static Classification? Join(Classification? whole, Classification? part) =>
        whole is null ? part
        : part is null ? whole
        : SymbolEqualityComparer.Default.Equals(whole.Attribute, part.Attribute) && !whole.IsMixed && !part.IsMixed ? whole
        : whole with { IsMixed = true };

    /// <summary>Returns the name of the class by which a log's options choose a redactor, as generated code in a type can access it.</summary>
    public string NameIn(INamedTypeSymbol type)
    {
        Compilation? compilation = (type.ContainingAssembly as ISourceAssemblySymbol)?.Compilation;
        INamedTypeSymbol? attribute = IsMixed ? null : Attribute;
        while (attribute is not null && compilation?.IsSymbolAccessibleWithin(attribute, type) != true)
        {
            // The attribute of another assembly may be internal, but its base class, which determines the classification, is not.
            attribute = attribute.BaseType;
        }

        return attribute is null ? "global::" + KnownTypes.ClassifiedData : attribute.ToDisplayString(TypeFormats.Full);
    }

    /// <summary>Returns the classification of a value from its type: the type itself, its items, or its type arguments.</summary>
    public static Classification? OfType(ITypeSymbol type) =>
        type is { SpecialType: not SpecialType.None and not SpecialType.System_Nullable_T } || (type is INamedTypeSymbol { IsGenericType: false } && ObjectProperties.IsOfThePlatform(type))
            ? null
            : OfType(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));

    // A constraint may refer to its own type parameter, and so be circular.
    private static Classification? OfType(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        switch (type)
        {
            case { SpecialType: not SpecialType.None and not SpecialType.System_Nullable_T }:
                return null;
            case IArrayTypeSymbol array:
                return OfType(array.ElementType, seen);
            case not null when seen.Count > MostTypes || !seen.Add(type):
                return null;
            case ITypeParameterSymbol parameter:
                return parameter.ConstraintTypes.Select(c => OfType(c, seen)).Aggregate(In(parameter), Join);
            case INamedTypeSymbol named:
                Classification? found = ObjectProperties.Items(named).Select(a => OfType(a, seen)).Aggregate((Classification?)null, Join);
                if (ObjectProperties.IsOfThePlatform(named))
                {
                    return found;
                }

                for (INamedTypeSymbol? t = named; t is { SpecialType: SpecialType.None }; t = t.BaseType)
                {
                    found = Join(found, In(t));
                }

                return named.AllInterfaces.Where(static i => !ObjectProperties.IsOfThePlatform(i)).Select(In).Aggregate(found, Join);
            default:
                return null;
        }
    }

    /// <summary>Returns the classification of an attribute, or null if it has none.</summary>
    public static Classification? By(INamedTypeSymbol attribute)
    {
        for (INamedTypeSymbol? t = attribute; t is not null; t = t.BaseType)
        {
            if (KnownTypes.IsNoClassification(t))
            {
                return null;
            }

            if (KnownTypes.IsClassification(t))
            {
                return new Classification(attribute, IsMixed: false);
            }
        }

        return null;
    }

    /// <summary>Returns the classification of a symbol by its attributes.</summary>
    public static Classification? In(ISymbol symbol) =>
        symbol.GetAttributes().Select(static a => a.AttributeClass is { } type ? By(type) : null).Aggregate((Classification?)null, Join);
}
