using System.Collections.Immutable;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Splits a message at its optional sections, <c>[?, accuracy {Accuracy:F4}]</c>; must match the library's own template parser.</summary>
internal static class OptionalSections
{
    private const string Start = "[?";

    /// <summary>Returns whether a message may have an optional section.</summary>
    public static bool MayBeIn(string message) => message.Contains(Start);

    /// <summary>Returns the sections of a message, optional and other ones alternating; none if it has no optional one.</summary>
    public static ImmutableArray<TemplateSection> Of(string message)
    {
        ImmutableArray<TemplateSection>.Builder sections = ImmutableArray.CreateBuilder<TemplateSection>();
        int literal = 0;
        for (int start = message.IndexOf(Start, StringComparison.Ordinal); start >= 0;)
        {
            int end = EndOf(message, start);
            if (end >= 0
                && Pieces(message.Substring(start + Start.Length, end - start - Start.Length)) is { Length: > 1 } optional
                && Pieces(message.Substring(literal, start - literal)) is { } before)
            {
                sections.Add(new TemplateSection(before, IsOptional: false));
                sections.Add(new TemplateSection(optional, IsOptional: true));
                literal = end + 1;
            }

            start = message.IndexOf(Start, Math.Max(literal, start + 1), StringComparison.Ordinal);
        }

        if (sections.Count == 0 || Pieces(message.Substring(literal)) is not { } rest)
        {
            return [];
        }

        sections.Add(new TemplateSection(rest, IsOptional: false));
        return [.. sections.Where(static s => s.Pieces.Length > 1 || s.Pieces[0].Literal.Length > 0)];
    }

    // A bracket inside a placeholder belongs to its format.
    private static int EndOf(string message, int start)
    {
        for (int i = start + Start.Length; i < message.Length; i++)
        {
            if (message[i] == ']')
            {
                return i;
            }

            if (message[i] == '{' && (i = message.IndexOf('}', i)) < 0)
            {
                return -1;
            }
        }

        return -1;
    }

    private static ImmutableArray<TemplateHole>? Pieces(string text) => TemplateParser.Parse(text, out ImmutableArray<TemplateHole> pieces) is null ? pieces : null;
}
