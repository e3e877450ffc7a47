using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>Finds the methods of a file that may have the attribute, from their syntax only.</summary>
internal static class LogMethods
{
    public static IEnumerable<MethodDeclarationSyntax> In(CompilationUnitSyntax file) => file
        .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<MethodDeclarationSyntax>()
        .Where(MayBeOne);

    public static bool MayBeOne(MethodDeclarationSyntax method) =>
        method.AttributeLists.Count > 0
        && ((method is { Body: null, ExpressionBody: null } && method.Modifiers.Any(SyntaxKind.PartialKeyword)) || HasAttribute(method));

    // A method whose body cannot be generated must be reported; checking every method with any attribute would take too long.
    private static bool HasAttribute(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(static l => l.Attributes).Any(static a =>
        (a.Name is QualifiedNameSyntax qualified ? qualified.Right : a.Name is AliasQualifiedNameSyntax alias ? alias.Name : a.Name as SimpleNameSyntax)?.Identifier.ValueText is "TrainLog" or "TrainLogAttribute");
}
