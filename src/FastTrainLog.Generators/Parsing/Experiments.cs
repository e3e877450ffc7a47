using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds the experimental types and members that a method's body must use, although the decision to use them is the author's.</summary>
internal sealed class Experiments
{
    private readonly SortedSet<string> _found = new(StringComparer.Ordinal);
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);

    /// <summary>Returns the identifiers of their diagnostics, in order.</summary>
    public static EquatableArray<string> In(IMethodSymbol method, ParameterRoles roles)
    {
        var experiments = new Experiments();
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            experiments.AddType(parameter.Type);
            experiments.AddMarks(parameter);
        }

        foreach (ITypeParameterSymbol parameter in method.TypeParameters)
        {
            foreach (ITypeSymbol constraint in parameter.ConstraintTypes)
            {
                experiments.AddType(constraint);
            }
        }

        foreach (IParameterSymbol parameter in roles.Arguments)
        {
            if (FieldMarks.Of(parameter) is { MaxDepth: { } depth })
            {
                experiments.AddProperties(parameter.Type, depth);
            }
        }

        return experiments._found.ToImmutableArray();
    }

    private void AddProperties(ITypeSymbol type, int depth)
    {
        foreach (IPropertySymbol property in ObjectProperties.Of(type))
        {
            Add(property);
            Add(property.ContainingType);
            AddType(property.Type);
            AddMarks(property);
            FieldMarks marks = FieldMarks.Of(property);
            int below = marks.MaxDepth ?? depth - 1;
            if (!marks.IsIgnored && below > 0 && ObjectProperties.IsObject(property.Type))
            {
                AddProperties(property.Type, below);
            }
        }
    }

    private void AddMarks(ISymbol symbol)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && Classification.By(type) is not null)
            {
                AddType(type);
            }
        }
    }

    private void AddType(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            AddType(array.ElementType);
        }
        else if (type is INamedTypeSymbol { SpecialType: SpecialType.None or SpecialType.System_Nullable_T } named && _seen.Add(named))
        {
            for (INamedTypeSymbol? t = named; t is not null; t = t.ContainingType)
            {
                Add(t.OriginalDefinition);
                foreach (ITypeSymbol argument in t.TypeArguments)
                {
                    AddType(argument);
                }
            }

            if (named.ContainingAssembly is { } assembly && _seen.Add(assembly))
            {
                Add(assembly);
            }
        }
    }

    private void Add(ISymbol symbol)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type
                && KnownTypes.Is(type, "System.Diagnostics.CodeAnalysis", "ExperimentalAttribute")
                && attribute.ConstructorArguments.Length == 1
                && attribute.ConstructorArguments[0].Value is string id
                && Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsValidIdentifier(id))
            {
                _found.Add(id);
            }
        }
    }
}
