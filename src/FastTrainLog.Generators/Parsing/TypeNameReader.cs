using System.Collections.Immutable;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads the declaration of another part of a type.</summary>
internal static class TypeNameReader
{
    public static TypeName Read(INamedTypeSymbol type)
    {
        var declarations = new Stack<string>();
        var names = new Stack<string>();
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            string keyword = t switch
            {
                { IsRecord: true, IsValueType: true } => "record struct",
                { IsRecord: true } => "record",
                { TypeKind: TypeKind.Struct } => "struct",
                { TypeKind: TypeKind.Interface } => "interface",
                _ => "class",
            };
            declarations.Push($"partial {keyword} {Identifiers.Escape(t.Name)}{Signatures.TypeParameters(t.TypeParameters, withVariance: true)}");
            names.Push(t.MetadataName);
        }

        string ns = type.ContainingNamespace.IsGlobalNamespace ? string.Empty : type.ContainingNamespace.ToDisplayString(TypeFormats.Namespace);
        string dotted = string.Join(".", names);
        return new TypeName(ns, declarations.ToImmutableArray(), ns.Length == 0 ? dotted : $"{ns.Replace("@", string.Empty)}.{dotted}");
    }
}
