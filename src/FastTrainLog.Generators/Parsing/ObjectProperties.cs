using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds the properties of an object that are logged individually.</summary>
internal static class ObjectProperties
{
    /// <summary>Returns the public properties of a type, inherited ones after its own.</summary>
    public static IEnumerable<IPropertySymbol> Of(ITypeSymbol type)
    {
        var seen = new HashSet<string>();
        foreach (ITypeSymbol t in Declaring(Underlying(type)))
        {
            foreach (ISymbol member in t.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, GetMethod.DeclaredAccessibility: Accessibility.Public } property
                    && property.Type.TypeKind != TypeKind.Error
                    && !IsForbidden(property)
                    && seen.Add(property.Name))
                {
                    yield return property;
                }
            }
        }
    }

    /// <summary>Returns whether the name of a property refers to this property in an expression of a type.</summary>
    public static bool IsReachedByName(ITypeSymbol type, IPropertySymbol property)
    {
        ITypeSymbol[] declaring = [.. Declaring(Underlying(type))];
        bool isClass = declaring.All(static t => t.TypeKind != TypeKind.Interface);
        foreach (ITypeSymbol t in declaring)
        {
            if (SymbolEqualityComparer.Default.Equals(t, property.ContainingType))
            {
                // A class hides members of its bases; interfaces and constraints have no precedence.
                if (isClass)
                {
                    return true;
                }
            }
            else if (t.GetMembers(property.Name).Any(m => !Overrides(m, property)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Overrides(ISymbol member, IPropertySymbol property)
    {
        for (IPropertySymbol? p = member as IPropertySymbol; p is not null; p = p.OverriddenProperty)
        {
            if (SymbolEqualityComparer.Default.Equals(p, property))
            {
                return true;
            }
        }

        return false;
    }

    // The compiler rejects code that uses it.
    private static bool IsForbidden(IPropertySymbol property) =>
        property.GetAttributes().Concat(property.GetMethod?.GetAttributes() ?? []).Any(static a =>
            a.AttributeClass is { } type && KnownTypes.Is(type, "System", "ObsoleteAttribute") && a.ConstructorArguments.Length == 2 && a.ConstructorArguments[1].Value is true);

    /// <summary>Returns whether a type is an object with properties: it has no binary form, does not format itself and is not a sequence.</summary>
    public static bool IsObject(ITypeSymbol type)
    {
        ITypeSymbol underlying = Underlying(type);
        return underlying is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface, IsTupleType: false, SpecialType: SpecialType.None }
            && !underlying.IsRefLikeType
            && BinaryForms.Of(underlying).Form == ArgumentForm.Text
            && !KnownTypes.IsSequence(underlying)
            && !KnownTypes.IsFormattable(underlying)
            && !KnownTypes.IsException(underlying)
            && !IsOfThePlatform(underlying)
            && Of(underlying).Any();
    }

    /// <summary>Returns the type of a value, without its nullability.</summary>
    public static ITypeSymbol Underlying(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type.WithNullableAnnotation(NullableAnnotation.None);

    // A Type, a Task, a Version: their properties are not user data.
    public static bool IsOfThePlatform(ITypeSymbol type)
    {
        INamespaceSymbol? ns = type.ContainingNamespace;
        while (ns is { ContainingNamespace: { IsGlobalNamespace: false } above })
        {
            ns = above;
        }

        return ns?.Name == "System";
    }

    /// <summary>Returns the types from which a type is constructed: its type arguments, and its item type if it is a sequence.</summary>
    public static IEnumerable<ITypeSymbol> Items(ITypeSymbol type) =>
        (type as INamedTypeSymbol)?.TypeArguments.Concat(type.AllInterfaces.Where(static i => i.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T).Select(static i => i.TypeArguments[0])) ?? [];

    /// <summary>Returns the types that declare the members of a type, its own first.</summary>
    public static IEnumerable<ITypeSymbol> Declaring(ITypeSymbol type)
    {
        if (type is ITypeParameterSymbol parameter)
        {
            return parameter.ConstraintTypes.SelectMany(Declaring);
        }

        if (type.TypeKind == TypeKind.Interface)
        {
            return type.AllInterfaces.Cast<ITypeSymbol>().Prepend(type);
        }

        var types = new List<ITypeSymbol>();
        for (ITypeSymbol? t = type; t is { SpecialType: not SpecialType.System_Object }; t = t.BaseType)
        {
            types.Add(t);
        }

        return types;
    }
}
