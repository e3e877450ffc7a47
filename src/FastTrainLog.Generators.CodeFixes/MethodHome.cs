using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>The type that gets the methods for some calls: the calling type, or a static class of messages if that cannot have them.</summary>
internal sealed class MethodHome
{
    private const string Messages = "Log";

    private readonly SyntaxNode _anchor;
    private readonly SemanticModel _model;
    private readonly string? _className;
    private readonly MethodNames _names;
    private readonly Dictionary<string, string> _methods = new(StringComparer.Ordinal);
    private readonly List<string> _added = [];

    private MethodHome(SyntaxNode anchor, SemanticModel model, string? className, INamedTypeSymbol? type)
    {
        _anchor = anchor;
        _model = model;
        _className = className;
        _names = new MethodNames(model, anchor, type);
        foreach (IMethodSymbol method in type?.GetMembers().OfType<IMethodSymbol>() ?? [])
        {
            if (MethodText.KeyOf(method) is { } key && !_methods.ContainsKey(key))
            {
                _methods.Add(key, method.Name);
            }
        }
    }

    /// <summary>Returns the home of the methods for some calls.</summary>
    public static MethodHome At(CallHome home, SemanticModel model)
    {
        SyntaxNode anchor = home.Anchor;
        if (home.Type is { } type)
        {
            return new MethodHome(anchor, model, null, type);
        }

        // Calls in top-level statements are in no namespace, even if their class of messages follows a type in one.
        INamespaceSymbol ns = anchor is TypeDeclarationSyntax outermost && outermost.Parent is BaseNamespaceDeclarationSyntax
            ? model.GetDeclaredSymbol(outermost)!.ContainingNamespace
            : model.Compilation.Assembly.GlobalNamespace;
        string name = Messages;
        INamedTypeSymbol? taken;
        while ((taken = ns.GetTypeMembers(name, 0).FirstOrDefault()) is not null && !(taken.IsStatic && IsPartial(taken)))
        {
            name += "Messages";
        }

        return new MethodHome(anchor, model, name, taken);
    }

    /// <summary>Returns the expression for calling the method of a call; adds the method if there is no equivalent one.</summary>
    public string MethodFor(PlainLogCall call)
    {
        MethodText text = MethodText.For(call, _model, PositionOfMethods);
        if (!_methods.TryGetValue(text.Key, out string? name))
        {
            name = _names.Choose(call.Message);
            _methods.Add(text.Key, name);
            _added.Add(text.Declaration(name, _className is null ? "private" : "public", LineEnds.Of(_anchor.SyntaxTree.GetRoot())));
        }

        return _className is null ? name : $"{_className}.{name}";
    }

    /// <summary>Writes the added methods.</summary>
    public void AddMethods(SyntaxEditor editor)
    {
        if (_added.Count == 0)
        {
            return;
        }

        string line = LineEnds.Of(_anchor.SyntaxTree.GetRoot());
        if (_className is not null)
        {
            string members = string.Join(line + line, _added);
            SyntaxTrivia end = SyntaxFactory.EndOfLine(line);
            SyntaxTrivia[] gap = _anchor.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia) ? [end] : [end, end];
            editor.InsertAfter(
                _anchor,
                Parsed($"internal static partial class {_className}{line}{{{line}{members}{line}}}{line}").WithLeadingTrivia(gap));
            return;
        }

        foreach (TypeDeclarationSyntax outer in _anchor.Ancestors().OfType<TypeDeclarationSyntax>())
        {
            editor.ReplaceNode(outer, static (node, _) => AsPartial((TypeDeclarationSyntax)node));
        }

        editor.ReplaceNode(_anchor, (node, _) => WithMethods(AsPartial((TypeDeclarationSyntax)node), line));
    }

    private int PositionOfMethods => _anchor is TypeDeclarationSyntax type && _className is null ? type.CloseBraceToken.SpanStart : _anchor.SpanStart;

    private TypeDeclarationSyntax WithMethods(TypeDeclarationSyntax type, string line)
    {
        foreach (string method in _added)
        {
            type = type.AddMembers(Parsed(method + line).WithLeadingTrivia(SyntaxFactory.EndOfLine(line)));
        }

        return type;
    }

    private static MemberDeclarationSyntax Parsed(string text) => SyntaxFactory.ParseMemberDeclaration(text)!.WithAdditionalAnnotations(Formatter.Annotation);

    private static bool IsPartial(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(static r => r.GetSyntax() is TypeDeclarationSyntax t && t.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static TypeDeclarationSyntax AsPartial(TypeDeclarationSyntax type)
    {
        if (type.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return type;
        }

        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (type.Modifiers.Count == 0)
        {
            partial = partial.WithLeadingTrivia(type.Keyword.LeadingTrivia);
            type = type.WithKeyword(type.Keyword.WithLeadingTrivia());
        }

        return (TypeDeclarationSyntax)type.WithModifiers(type.Modifiers.Add(partial));
    }
}
