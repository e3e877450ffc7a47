using System.Collections.Immutable;
using System.Globalization;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Splits a message template into text and placeholders: <c>{Name[,alignment][:format]}</c>; <c>{{</c> and <c>}}</c> are braces.</summary>
internal static class TemplateParser
{
    /// <summary>Splits a template; the last piece has no placeholder.</summary>
    /// <returns>A description of the fault, or null.</returns>
    public static string? Parse(string template, out ImmutableArray<TemplateHole> pieces)
    {
        pieces = [];
        ImmutableArray<TemplateHole>.Builder builder = ImmutableArray.CreateBuilder<TemplateHole>();
        int start = 0;
        int i = 0;
        while (i < template.Length)
        {
            char c = template[i];
            if (c is '{' or '}' && i + 1 < template.Length && template[i + 1] == c)
            {
                i += 2;
                continue;
            }

            if (c == '}')
            {
                return $"the closing brace at position {i + 1} has no opening one; double it for a literal brace";
            }

            if (c == '{')
            {
                int close = template.IndexOf('}', i);
                if (close < 0)
                {
                    return $"the opening brace at position {i + 1} has no closing one; double it for a literal brace";
                }

                if (ParseHole(template.Substring(start, i - start), template.Substring(i + 1, close - i - 1), i + 1, out TemplateHole? hole) is { } problem)
                {
                    return problem;
                }

                builder.Add(hole!);
                start = close + 1;
                i = start;
                continue;
            }

            i++;
        }

        builder.Add(new TemplateHole(template.Substring(start), start, null, null, null));
        pieces = builder.ToImmutable();
        return null;
    }

    private static string? ParseHole(string literal, string text, int position, out TemplateHole? hole)
    {
        hole = null;
        if (text.IndexOf('{') >= 0)
        {
            return $"the opening brace at position {position} has no closing one; double it for a literal brace";
        }

        string name = text;
        string? format = null;
        int colon = name.IndexOf(':');
        if (colon >= 0)
        {
            format = name.Substring(colon + 1);
            name = name.Substring(0, colon);
        }

        string? alignment = null;
        int comma = name.IndexOf(',');
        if (comma >= 0)
        {
            alignment = name.Substring(comma + 1).Trim();
            name = name.Substring(0, comma);
            if (!int.TryParse(alignment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                return $"the alignment '{alignment}' at position {position} is not an integer";
            }
        }

        name = name.Trim();
        if (name.Length == 0 || name == "@")
        {
            return $"the placeholder at position {position} has no name";
        }

        hole = new TemplateHole(literal, position, name, alignment, string.IsNullOrEmpty(format) ? null : format);
        return null;
    }
}
