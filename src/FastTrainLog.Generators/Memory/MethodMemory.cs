using System.Runtime.CompilerServices;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>Remembers what was read of each method, as long as nothing has changed that could make it mean something else.</summary>
/// <remarks>
/// The compiler asks for every method again after every edit, since any edit may change what a name stands for. To bind thousands of
/// attributes anew at each key press takes longer than all that follows, and hardly an edit changes a declaration.
/// </remarks>
internal static class MethodMemory
{
    private static readonly ConditionalWeakTable<MethodDeclarationSyntax, StrongBox<Memory?>> Methods = new();

    /// <summary>Returns the model of a method, or null where it has not the attribute or no body can be written for it.</summary>
    public static MethodModel? Read(SemanticModel semantics, MethodDeclarationSyntax syntax, CancellationToken cancellation)
    {
        Surface surface = Surface.Of(semantics.Compilation);
        StrongBox<Memory?> kept = Methods.GetOrCreateValue(syntax);
        if (kept.Value is { } memory && memory.Surface.Equals(surface))
        {
            return memory.Model;
        }

        MethodModel? model = Parse(semantics, syntax, cancellation);
        kept.Value = new Memory(surface, model);
        return model;
    }

    private static MethodModel? Parse(SemanticModel semantics, MethodDeclarationSyntax syntax, CancellationToken cancellation)
    {
        if (semantics.GetDeclaredSymbol(syntax, cancellation) is not { } method)
        {
            return null;
        }

        foreach (AttributeData attribute in method.GetAttributes())
        {
            // The other part of a partial method may have attributes too.
            if (attribute.AttributeClass is { } type
                && KnownTypes.IsTrainLogAttribute(type)
                && attribute.ApplicationSyntaxReference is { } place
                && place.SyntaxTree == syntax.SyntaxTree
                && syntax.Span.Contains(place.Span))
            {
                return MethodParser.Parse(method, syntax, attribute, report: null);
            }
        }

        return null;
    }

    private sealed record Memory(Surface Surface, MethodModel? Model);
}
