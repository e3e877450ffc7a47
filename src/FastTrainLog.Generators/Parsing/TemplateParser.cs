using System.Collections.Immutable;
using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Cuts a message template into text and holes: <c>{Name[,alignment][:format]}</c>; <c>{{</c> and <c>}}</c> are braces.</summary>
internal static class TemplateParser
{
    /// <summary>Cuts a template; the last piece has no hole.</summary>
    /// <returns>False for a template with an unmatched brace, a hole without a name, or an alignment that is no number.</returns>
    public static bool TryParse(string template, out ImmutableArray<TemplateHole> pieces)
    {
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
                pieces = [];
                return false;
            }

            if (c == '{')
            {
                int close = template.IndexOf('}', i);
                if (close < 0 || ParseHole(template.Substring(start, i - start), template.Substring(i + 1, close - i - 1)) is not { } hole)
                {
                    pieces = [];
                    return false;
                }

                builder.Add(hole);
                start = close + 1;
                i = start;
                continue;
            }

            i++;
        }

        builder.Add(new TemplateHole(template.Substring(start), null, null, null));
        pieces = builder.ToImmutable();
        return true;
    }

    private static TemplateHole? ParseHole(string literal, string hole)
    {
        string? format = null;
        int colon = hole.IndexOf(':');
        if (colon >= 0)
        {
            format = hole.Substring(colon + 1);
            hole = hole.Substring(0, colon);
        }

        string? alignment = null;
        int comma = hole.IndexOf(',');
        if (comma >= 0)
        {
            alignment = hole.Substring(comma + 1).Trim();
            hole = hole.Substring(0, comma);
            if (!int.TryParse(alignment, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _))
            {
                return null;
            }
        }

        string name = hole.Trim();
        return name.Length == 0 || name.IndexOf('{') >= 0
            ? null
            : new TemplateHole(literal, name, alignment, string.IsNullOrEmpty(format) ? null : format);
    }
}
