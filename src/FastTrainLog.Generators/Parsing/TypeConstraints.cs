using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Writes the constraints of a method's type parameters, which its other part must repeat.</summary>
internal static class TypeConstraints
{
    public static EquatableArray<string> Of(IMethodSymbol method)
    {
        ImmutableArray<string>.Builder clauses = ImmutableArray.CreateBuilder<string>();
        foreach (ITypeParameterSymbol parameter in method.TypeParameters)
        {
            string constraints = string.Join(", ", Of(parameter));
            if (constraints.Length > 0)
            {
                clauses.Add($"where {Identifiers.Escape(parameter.Name)} : {constraints}");
            }
        }

        return clauses.ToImmutable();
    }

    private static IEnumerable<string> Of(ITypeParameterSymbol parameter)
    {
        // unmanaged implies struct, and struct implies new(): only the strongest may be written.
        if (parameter.HasUnmanagedTypeConstraint)
        {
            yield return "unmanaged";
        }
        else if (parameter.HasValueTypeConstraint)
        {
            yield return "struct";
        }
        else if (parameter.HasReferenceTypeConstraint)
        {
            yield return parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class";
        }
        else if (parameter.HasNotNullConstraint)
        {
            yield return "notnull";
        }

        foreach (ITypeSymbol type in parameter.ConstraintTypes)
        {
            yield return type.ToDisplayString(TypeFormats.Full);
        }

        if (parameter.HasConstructorConstraint && !parameter.HasValueTypeConstraint)
        {
            yield return "new()";
        }

        if (parameter.AllowsRefLikeType)
        {
            yield return "allows ref struct";
        }
    }
}
