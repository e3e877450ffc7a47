using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds classified members of values that are logged as a whole: the value's text, or a logger that destructures it, would reveal them.</summary>
internal static class ClassifiedParts
{
    // A generic type may contain ever larger constructions of itself, so the search is bounded.
    private const int MostTypes = 1000;

    /// <summary>Returns a classified property or field of a type, or of the types of its members, items or type arguments; null if there is none.</summary>
    public static ISymbol? In(ITypeSymbol type) => In(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));

    /// <summary>Returns the classification of a value with a classified part: only a redactor for all classes is suitable, because the text contains more than the part.</summary>
    public static Classification? Whole(ISymbol part) => Of(part) is { } classification ? classification with { IsMixed = true } : null;

    private static ISymbol? In(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (BinaryForms.Of(type).Form != ArgumentForm.Text || type.SpecialType != SpecialType.None || seen.Count > MostTypes || !seen.Add(type))
        {
            return null;
        }

        if (type is IArrayTypeSymbol array)
        {
            return In(array.ElementType, seen);
        }

        if (ObjectProperties.Items(type).Select(a => In(a, seen)).FirstOrDefault(static p => p is not null) is { } ofArgument)
        {
            return ofArgument;
        }

        // The properties of the platform's types refer to many other types, but never to a classified one.
        if (ObjectProperties.IsOfThePlatform(type))
        {
            return null;
        }

        foreach (ISymbol member in ObjectProperties.Declaring(ObjectProperties.Underlying(type)).Where(static t => !ObjectProperties.IsOfThePlatform(t)).SelectMany(static t => t.GetMembers()))
        {
            if (member is { IsStatic: false } and (IPropertySymbol { IsIndexer: false } or IFieldSymbol))
            {
                if (Of(member) is not null)
                {
                    return member is IFieldSymbol { AssociatedSymbol: { } property } ? property : member;
                }

                if (member.DeclaredAccessibility == Accessibility.Public && In(member is IPropertySymbol p ? p.Type : ((IFieldSymbol)member).Type, seen) is { } below)
                {
                    return below;
                }
            }
        }

        return null;
    }

    private static Classification? Of(ISymbol member) => member switch
    {
        IPropertySymbol property => FieldMarks.Of(property).Classification,
        IFieldSymbol field => Classification.Join(Classification.OfType(field.Type), Classification.In(field)),
        _ => null,
    };
}
