using System.Collections.Immutable;
using System.Text;
using FastTrainLog.Generators.Analyzers;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Writes the names that ZLogger's messages give values, <c>{user:@userName}</c>, as <c>[LogName("userName")]</c> before the parameters.</summary>
internal static class ZLoggerNames
{
    /// <summary>Adds the changes required by the names in a method's message.</summary>
    public static void Replace(AttributeSyntax attribute, SemanticModel model, Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> replaced, CancellationToken cancellation)
    {
        if (attribute.Parent?.Parent is not MethodDeclarationSyntax method
            || model.GetDeclaredSymbol(method, cancellation) is not { } symbol
            || symbol.GetAttributes().FirstOrDefault(a => a.ApplicationSyntaxReference?.Span == attribute.Span) is not { AttributeClass: { } type } data
            || !KnownTypes.IsZLoggerAttribute(type)
            || AttributeArguments.Read(data) is not { } arguments
            || TemplateParser.Parse(arguments.Message, out ImmutableArray<TemplateHole> pieces) is not null
            || !pieces.Any(IsNamed)
            || new MessageLocation(data, arguments.Message).Literal() is not { } literal)
        {
            return;
        }

        var message = new StringBuilder();
        foreach (TemplateHole piece in pieces)
        {
            message.Append(piece.Literal);
            if (piece.Name is null)
            {
                continue;
            }

            string? format = piece.Format;
            if (IsNamed(piece))
            {
                int colon = format!.IndexOf(':');
                string name = format.Substring(1, (colon < 0 ? format.Length : colon) - 1);
                format = colon < 0 ? null : format.Substring(colon + 1);
                if (method.ParameterList.Parameters.FirstOrDefault(p => piece.IsFor(p.Identifier.ValueText)) is { } parameter)
                {
                    replaced[parameter] = node => WithName((ParameterSyntax)node, name);
                }
            }

            message.Append('{').Append(piece.Name);
            message.Append(piece.Alignment is null ? string.Empty : $",{piece.Alignment}");
            message.Append(format is null ? string.Empty : $":{format}");
            message.Append('}');
        }

        replaced[literal] = node => SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(message.ToString())).WithTriviaFrom(node);
    }

    private static bool IsNamed(TemplateHole piece) => piece.Format is { Length: > 1 } format && format[0] == OtherMethod.NameMark;

    private static ParameterSyntax WithName(ParameterSyntax parameter, string name)
    {
        SyntaxTriviaList lead = parameter.GetLeadingTrivia();
        AttributeSyntax attribute = SyntaxFactory.Attribute(
            SyntaxFactory.IdentifierName("LogName"),
            SyntaxFactory.AttributeArgumentList(SyntaxFactory.SingletonSeparatedList(
                SyntaxFactory.AttributeArgument(SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(name))))));
        AttributeListSyntax list = SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(attribute)).WithLeadingTrivia(lead).WithTrailingTrivia(SyntaxFactory.Space);
        ParameterSyntax bare = parameter.WithLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, list));
    }
}
