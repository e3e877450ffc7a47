using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>Reads the surface of a file.</summary>
internal sealed class TreeSurfaceReader
{
    private const string Platform = "System";

    private readonly List<TypeSurface> _types = [];
    private readonly Dictionary<string, ulong> _methods = [];
    private readonly HashSet<string> _namespaces = [];
    private readonly HashSet<string> _usings = [];
    private readonly HashSet<string> _globalUsings = [];
    private readonly HashSet<string> _logMethods = [];
    private ulong _globals = TreeSurface.NoGlobals;

    // The context of a declaration that may change its meaning: the file's options, usings and namespaces.
    private ulong _scope;

    private TreeSurfaceReader(SyntaxTree tree) => _scope = (ulong)tree.Options.GetHashCode();

    public static TreeSurface Read(SyntaxTree tree)
    {
        var reader = new TreeSurfaceReader(tree);
        reader.ReadNamespace(tree.GetRoot());
        return new TreeSurface
        {
            Hash = reader.All(),
            Globals = reader._globals,
            Types = reader._types,
            Methods = reader._methods,
            Namespaces = reader._namespaces,
            MentionedByUsings = reader._usings,
            MentionedByGlobalUsings = reader._globalUsings,
            MentionedByLogMethods = reader._logMethods,
        };
    }

    private ulong All()
    {
        ulong hash = Fnv.Add(_globals, _scope);
        foreach (TypeSurface type in _types)
        {
            hash = Fnv.Add(Fnv.Add(hash, type.Name), type.Hash);
        }

        foreach (KeyValuePair<string, ulong> method in _methods)
        {
            hash = Fnv.Add(Fnv.Add(hash, method.Key), method.Value);
        }

        return _namespaces.Aggregate(hash, Fnv.Add);
    }

    private void ReadNamespace(SyntaxNode node)
    {
        foreach (SyntaxNode child in node.ChildNodes())
        {
            switch (child)
            {
                case UsingDirectiveSyntax { GlobalKeyword.RawKind: (int)SyntaxKind.GlobalKeyword } global:
                    _globals = AddUsing(_globals, global, _globalUsings);
                    break;
                case UsingDirectiveSyntax own:
                    _scope = AddUsing(_scope, own, _usings);
                    break;
                case ExternAliasDirectiveSyntax or AttributeListSyntax:
                    _globals = Add(_globals, child, _globalUsings);
                    break;
                case BaseNamespaceDeclarationSyntax inner:
                    ReadInnerNamespace(inner);
                    break;
                case BaseTypeDeclarationSyntax type:
                    ReadType(type, type.Identifier.ValueText);
                    break;
                case DelegateDeclarationSyntax type:
                    ReadType(type, type.Identifier.ValueText);
                    break;
            }
        }
    }

    private void ReadInnerNamespace(BaseNamespaceDeclarationSyntax node)
    {
        ulong outer = _scope;
        _scope = Fnv.Add(_scope, node.Name.ToString());
        string[] parts = [.. Identifiers(node.Name)];
        _namespaces.UnionWith(parts);
        ReadNamespace(node);

        // The compiler looks up some types of this namespace although no code names them.
        if (parts.FirstOrDefault() == Platform)
        {
            _globals = Add(_globals, node, []);
        }

        _scope = outer;
    }

    private ulong AddUsing(ulong hash, UsingDirectiveSyntax node, HashSet<string> mentioned)
    {
        // The content of that namespace is known, and the parts of its name are common names of other types: Net, Text, Tasks.
        bool isOfThePlatform = Identifiers(node.NamespaceOrType).FirstOrDefault() == Platform;
        return Add(hash, node, isOfThePlatform ? [] : mentioned);
    }

    private void ReadType(SyntaxNode type, string name)
    {
        var mentioned = new HashSet<string>();
        _types.Add(new TypeSurface(name, Add(_scope, type, mentioned), mentioned));
    }

    private ulong Add(ulong hash, SyntaxNode node, HashSet<string> mentioned)
    {
        foreach (SyntaxNodeOrToken child in node.ChildNodesAndTokens())
        {
            if (child.AsNode() is MethodDeclarationSyntax method)
            {
                ReadMethod(method);
            }
            else if (child.AsNode() is { } inner)
            {
                hash = IsLeftOut(inner) ? hash : Add(hash, inner, mentioned);
            }
            else
            {
                hash = Fnv.Add(hash, child.AsToken().Text);
                Note(child.AsToken(), mentioned);
            }
        }

        return hash;
    }

    /// <summary>Notes a method, of which only the existence can affect a log method: through <c>nameof</c>, or an ambiguous name.</summary>
    private void ReadMethod(MethodDeclarationSyntax method)
    {
        string name = method.Identifier.ValueText;
        _methods.TryGetValue(name, out ulong hash);
        hash = Fnv.Add(hash, _scope);
        foreach (BaseTypeDeclarationSyntax type in method.Ancestors().OfType<BaseTypeDeclarationSyntax>())
        {
            hash = Fnv.Add(hash, type.Identifier.ValueText);
        }

        _methods[name] = method.Modifiers.Aggregate(hash, static (h, modifier) => Fnv.Add(h, modifier.Text));
        if (LogMethods.MayBeOne(method))
        {
            foreach (SyntaxToken token in method.DescendantTokens())
            {
                Note(token, _logMethods);
            }
        }
    }

    private static void Note(SyntaxToken token, HashSet<string> mentioned)
    {
        if (token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is SimpleNameSyntax)
        {
            mentioned.Add(token.ValueText);
        }
    }

    // Omits bodies and non-constant values. Directives need no check: those that change the meaning of a declaration change its tokens.
    private static bool IsLeftOut(SyntaxNode node) =>
        node is BlockSyntax or ArrowExpressionClauseSyntax
        || (node is EqualsValueClauseSyntax && node.Parent is PropertyDeclarationSyntax)
        || (node is EqualsValueClauseSyntax { Parent.Parent.Parent: FieldDeclarationSyntax field } && !field.Modifiers.Any(SyntaxKind.ConstKeyword));

    private static IEnumerable<string> Identifiers(SyntaxNode name) =>
        name.DescendantTokens().Where(static t => t.IsKind(SyntaxKind.IdentifierToken)).Select(static t => t.ValueText);
}
