using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>Remembers what was read of each file's log methods, as long as nothing has changed that could make them mean something else.</summary>
/// <remarks>
/// The compiler asks for every file again after every edit, since any edit may change what a name stands for. To bind thousands of
/// attributes anew at each key press takes longer than all that follows, and hardly an edit changes what a log method means.
/// </remarks>
internal static class FileMemory
{
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<Memory?>> Files = new();

    /// <summary>Returns the models of a file's methods that have the attribute and that a body can be written for.</summary>
    public static EquatableArray<MethodModel> Read(SemanticModel semantics, CompilationUnitSyntax file, CancellationToken cancellation)
    {
        Surface surface = Surface.Of(semantics.Compilation);
        StrongBox<Memory?> kept = Files.GetOrCreateValue(semantics.SyntaxTree);
        if (kept.Value is { } memory)
        {
            if (memory.Surface.Equals(surface))
            {
                return memory.Methods;
            }

            if (!surface.ChangesSince(memory.Surface).Reach(TreeSurface.Of(semantics.SyntaxTree)))
            {
                kept.Value = memory with { Surface = surface };
                return memory.Methods;
            }
        }

        EquatableArray<MethodModel> methods = LogMethods.In(file).Select(m => Parse(semantics, m, cancellation)).OfType<MethodModel>().ToImmutableArray();
        kept.Value = new Memory(surface, methods);
        return methods;
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

    private sealed record Memory(Surface Surface, EquatableArray<MethodModel> Methods);
}
