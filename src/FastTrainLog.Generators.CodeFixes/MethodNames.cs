using System.Text;
using FastTrainLog.Generators.Models;
using FastTrainLog.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.CodeFixes;

/// <summary>Names methods after their messages: "Epoch {Epoch} made {Count} images" is <c>LogEpochMadeImages</c>.</summary>
/// <param name="model">The model of the file.</param>
/// <param name="anchor">A node of the file where the methods are to be called.</param>
/// <param name="type">The type that gets the methods, or null if it is new.</param>
internal sealed class MethodNames(SemanticModel model, SyntaxNode anchor, INamedTypeSymbol? type)
{
    private const int MaxWords = 5;

    private readonly HashSet<string> _chosen = new(StringComparer.Ordinal);

    /// <summary>Returns a name that is not in use there.</summary>
    public string Choose(string message)
    {
        string wanted = "Log" + Words(message);
        string name = wanted;
        for (int i = 2; !_chosen.Add(name) || IsTaken(name); i++)
        {
            name = wanted + i;
        }

        return name;
    }

    private bool IsTaken(string name)
    {
        if (type is null)
        {
            return false;
        }

        for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (!t.GetMembers(name).IsEmpty)
            {
                return true;
            }
        }

        // Locals and parameters of the calling methods hide a method of the type.
        return anchor.DescendantTokens().Any(token => token.ValueText == name) || !model.LookupSymbols(anchor.SpanStart, name: name).IsEmpty;
    }

    private static string Words(string message)
    {
        TemplateParser.Parse(message, out System.Collections.Immutable.ImmutableArray<TemplateHole> pieces);
        var name = new StringBuilder();
        Append(name, pieces.Select(static p => p.Literal));
        if (name.Length == 0)
        {
            Append(name, pieces.Select(static p => p.BareName));
        }

        return name.Length == 0 ? "Message" : name.ToString();
    }

    private static void Append(StringBuilder name, IEnumerable<string> texts)
    {
        int words = 0;
        foreach (string text in texts)
        {
            bool inWord = false;
            foreach (char c in text)
            {
                bool belongs = c < 128 && char.IsLetterOrDigit(c);
                if (belongs && !inWord && words++ == MaxWords)
                {
                    return;
                }

                if (belongs)
                {
                    name.Append(inWord ? c : char.ToUpperInvariant(c));
                }

                // An apostrophe does not end a word: "can't" is one.
                inWord = belongs || (inWord && c == '\'');
            }
        }
    }
}
