using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Finds the location of a message, and of a placeholder in it, in the source.</summary>
internal readonly struct MessageLocation(AttributeData attribute, string message)
{
    public Location? Whole() => Expression()?.GetLocation() ?? Attribute()?.GetLocation();

    /// <summary>Returns the message if it is written as one literal.</summary>
    public LiteralExpressionSyntax? Literal() => Expression() is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.StringLiteralExpression) ? literal : null;

    public Location? Of(TemplateHole hole)
    {
        if (Expression() is not LiteralExpressionSyntax literal || !literal.IsKind(SyntaxKind.StringLiteralExpression))
        {
            return Whole();
        }

        // Only in a literal without escapes do positions in the text and in the source correspond.
        SyntaxToken token = literal.Token;
        int prefix = token.Text.IndexOf(message, StringComparison.Ordinal);
        return prefix < 0
            ? literal.GetLocation()
            : Location.Create(literal.SyntaxTree, new TextSpan(token.SpanStart + prefix + hole.Position, hole.Name!.Length));
    }

    private AttributeSyntax? Attribute() => attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;

    private ExpressionSyntax? Expression()
    {
        if (Attribute()?.ArgumentList is not { } list)
        {
            return null;
        }

        foreach (AttributeArgumentSyntax argument in list.Arguments)
        {
            string? name = argument.NameEquals?.Name.Identifier.Text ?? argument.NameColon?.Name.Identifier.Text;
            if (name is "Message" or "message")
            {
                return argument.Expression;
            }
        }

        int position = attribute.AttributeConstructor?.Parameters.ToList().FindIndex(static p => p.Name == "message") ?? -1;
        return position >= 0 && position < list.Arguments.Count ? list.Arguments[position].Expression : null;
    }
}
