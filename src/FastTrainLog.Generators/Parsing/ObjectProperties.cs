using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds the properties of an object that are logged one by one.</summary>
internal static class ObjectProperties
{
    /// <summary>Returns the public properties of a type, those that it inherits behind its own.</summary>
    public static IEnumerable<IPropertySymbol> Of(ITypeSymbol type)
    {
        var seen = new HashSet<string>();
        foreach (ITypeSymbol t in Declaring(Underlying(type)))
        {
            foreach (ISymbol member in t.GetMembers())
            {
                if (member is IPropertySymbol { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, GetMethod.DeclaredAccessibility: Accessibility.Public } property
                    && property.Type.TypeKind != TypeKind.Error
                    && seen.Add(property.Name))
                {
                    yield return property;
                }
            }
        }
    }

    /// <summary>Returns whether a type is an object of properties: nothing that has a binary form, formats itself or is a sequence.</summary>
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

    /// <summary>Returns the type of a value, without that it may be null.</summary>
    public static ITypeSymbol Underlying(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type.WithNullableAnnotation(NullableAnnotation.None);

    // A Type, a Task, a Version: their properties are no data of the user's.
    public static bool IsOfThePlatform(ITypeSymbol type)
    {
        INamespaceSymbol? ns = type.ContainingNamespace;
        while (ns is { ContainingNamespace: { IsGlobalNamespace: false } above })
        {
            ns = above;
        }

        return ns?.Name == "System";
    }

    private static IEnumerable<ITypeSymbol> Declaring(ITypeSymbol type)
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
