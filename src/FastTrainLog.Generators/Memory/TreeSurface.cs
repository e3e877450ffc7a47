using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>A hash of a file's declarations: of its tokens outside of bodies and of methods whose body is generated.</summary>
internal static class TreeSurface
{
    // FNV-1a over UTF-16 code units.
    public const ulong Seed = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<ulong>> Known = new();

    public static ulong Of(SyntaxTree tree) => Known.GetValue(tree, static t => new StrongBox<ulong>(Add(Combine(Seed, (ulong)t.Options.GetHashCode()), t.GetRoot()))).Value;

    public static ulong Combine(ulong hash, ulong other) => unchecked((hash ^ other) * Prime);

    /// <summary>Returns whether a method is one that may have the attribute.</summary>
    public static bool MayBeLogMethod(SyntaxNode node) =>
        node is MethodDeclarationSyntax { AttributeLists.Count: > 0, Body: null, ExpressionBody: null } method && method.Modifiers.Any(SyntaxKind.PartialKeyword);

    private static ulong Add(ulong hash, SyntaxNode node)
    {
        foreach (SyntaxNodeOrToken child in node.ChildNodesAndTokens())
        {
            if (child.AsNode() is { } inner)
            {
                // A directive in what is left out, such as #nullable, may change what comes behind it.
                hash = !IsLeftOut(inner) ? Add(hash, inner)
                    : inner.ContainsDirectives ? Add(hash, inner.ToFullString())
                    : Combine(hash, (ulong)inner.RawKind);
            }
            else
            {
                SyntaxToken token = child.AsToken();
                hash = token.ContainsDirectives ? Add(hash, token.ToFullString()) : Add(hash, token.Text);
            }
        }

        return hash;
    }

    private static bool IsLeftOut(SyntaxNode node) => node is BlockSyntax or ArrowExpressionClauseSyntax or GlobalStatementSyntax || MayBeLogMethod(node);

    private static ulong Add(ulong hash, string text)
    {
        foreach (char c in text)
        {
            hash = Combine(hash, c);
        }

        // Two tokens are not the one of their joined text.
        return Combine(hash, char.MaxValue);
    }
}
