using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.Memory;

/// <summary>Finds the methods of a file that may have the attribute, by their syntax alone.</summary>
internal static class LogMethods
{
    public static IEnumerable<MethodDeclarationSyntax> In(CompilationUnitSyntax file) => file
        .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
        .OfType<MethodDeclarationSyntax>()
        .Where(MayBeOne);

    public static bool MayBeOne(MethodDeclarationSyntax method) =>
        method is { AttributeLists.Count: > 0, Body: null, ExpressionBody: null } && method.Modifiers.Any(SyntaxKind.PartialKeyword);
}
