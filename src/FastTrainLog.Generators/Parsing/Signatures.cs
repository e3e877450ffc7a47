using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Writes the signature of a method's other part.</summary>
internal static class Signatures
{
    public static string Of(IMethodSymbol method, MethodDeclarationSyntax syntax)
    {
        IEnumerable<string> parameters = method.Parameters.Select((p, i) =>
            $"{Modifiers(method, p, i)}{p.Type.ToDisplayString(TypeFormats.Full)} {Identifiers.Escape(p.Name)}");
        string modifiers = string.Join(" ", syntax.Modifiers.Where(static m => !m.IsKind(SyntaxKind.AsyncKeyword)).Select(static m => m.Text));
        return $"{modifiers} void {Identifiers.Escape(method.Name)}{TypeParameters(method.TypeParameters)}({string.Join(", ", parameters)})";
    }

    public static string TypeParameters(ImmutableArray<ITypeParameterSymbol> parameters, bool withVariance = false) =>
        parameters.IsEmpty ? string.Empty : $"<{string.Join(", ", parameters.Select(p => (withVariance ? Variance(p) : string.Empty) + Identifiers.Escape(p.Name)))}>";

    // Each part of a partial interface must specify the variance.
    private static string Variance(ITypeParameterSymbol parameter) => parameter.Variance switch
    {
        VarianceKind.In => "in ",
        VarianceKind.Out => "out ",
        _ => string.Empty,
    };

    private static string Modifiers(IMethodSymbol method, IParameterSymbol parameter, int index)
    {
        string text = method.IsExtensionMethod && index == 0 ? "this " : string.Empty;
        if (parameter.IsParams)
        {
            return text + "params ";
        }

        if (parameter.ScopedKind != ScopedKind.None)
        {
            text += "scoped ";
        }

        return text + parameter.RefKind switch
        {
            RefKind.In => "in ",
            RefKind.Ref => "ref ",
            RefKind.RefReadOnlyParameter => "ref readonly ",
            _ => string.Empty,
        };
    }
}
