using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>Caches the models of each file's log methods until a change could alter their meaning.</summary>
/// <remarks>
/// The compiler requests every file again after every edit, because any edit may change the meaning of a name. Binding thousands of
/// attributes again at each key press takes longer than all later steps, and few edits change the meaning of a log method.
/// </remarks>
internal static class FileMemory
{
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<Memory?>> Files = new();

    /// <summary>Returns the models of a file's attributed methods for which a body can be generated, and the problems of the others.</summary>
    public static FileModel Read(SemanticModel semantics, CompilationUnitSyntax file, CancellationToken cancellation)
    {
        Surface surface = Surface.Of(semantics.Compilation);
        StrongBox<Memory?> kept = Files.GetOrCreateValue(semantics.SyntaxTree);
        if (kept.Value is { } memory)
        {
            if (memory.Surface.Equals(surface))
            {
                return memory.File;
            }

            if (!surface.ChangesSince(memory.Surface).Reach(TreeSurface.Of(semantics.SyntaxTree)))
            {
                kept.Value = memory with { Surface = surface };
                return memory.File;
            }
        }

        var report = new ProblemReport(takesErrors: true);
        ImmutableArray<MethodModel> methods = [.. LogMethods.In(file).Select(m => Parse(semantics, m, report, cancellation)).OfType<MethodModel>()];
        var read = new FileModel(methods, report.Problems);
        kept.Value = new Memory(surface, read);
        return read;
    }

    private static MethodModel? Parse(SemanticModel semantics, MethodDeclarationSyntax syntax, ProblemReport report, CancellationToken cancellation)
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
                return MethodParser.Parse(method, syntax, attribute, report);
            }
        }

        return null;
    }

    private sealed record Memory(Surface Surface, FileModel File);
}
