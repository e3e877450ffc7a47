using System.Globalization;
using System.Text;
using FastTrainLog.Formatting;

namespace FastTrainLog.Records;

/// <summary>A message template cut into literal text, holes and optional sections, once per call site.</summary>
/// <remarks>
/// A section <c>[?, accuracy {Accuracy:F4}]</c> is left out of the message where one of its holes has no value: null, or no metrics.
/// It holds at least one hole and no further section; <c>[?</c> without either stays as it is written.
/// </remarks>
internal sealed class MessageTemplate
{
    private const string SectionStart = "[?";

    private MessageTemplate(string text, TemplatePart[] parts)
    {
        Text = text;
        Parts = parts;
    }

    public string Text { get; }

    public TemplatePart[] Parts { get; }

    /// <summary>Parses a template; a hole whose name is no argument stays in the message as it is written.</summary>
    public static MessageTemplate Parse(string text, ReadOnlySpan<CallSiteArgument> arguments)
    {
        var parts = new List<TemplatePart>();
        int literal = 0;
        for (int start = text.IndexOf(SectionStart, StringComparison.Ordinal); start >= 0;)
        {
            int end = SectionEnd(text, start);
            if (end >= 0 && ParseSection(text[(start + SectionStart.Length)..end], arguments) is { } section)
            {
                AddParts(parts, text[literal..start], arguments);
                parts.AddRange(section);
                literal = end + 1;
            }

            start = text.IndexOf(SectionStart, Math.Max(literal, start + 1), StringComparison.Ordinal);
        }

        AddParts(parts, text[literal..], arguments);
        return new MessageTemplate(text, [.. parts]);
    }

    // A bracket inside a hole belongs to the hole's format.
    private static int SectionEnd(string text, int start)
    {
        for (int i = start + SectionStart.Length; i < text.Length; i++)
        {
            if (text[i] == ']')
            {
                return i;
            }

            if (text[i] == '{' && (i = text.IndexOf('}', i)) < 0)
            {
                return -1;
            }
        }

        return -1;
    }

    private static List<TemplatePart>? ParseSection(string text, ReadOnlySpan<CallSiteArgument> arguments)
    {
        var parts = new List<TemplatePart>();
        AddParts(parts, text, arguments);
        int[] holes = [.. parts.Where(static part => part.Argument >= 0).Select(static part => part.Argument)];
        return holes.Length == 0 ? null : parts.ConvertAll(part => part.Within(holes));
    }

    private static void AddParts(List<TemplatePart> parts, string text, ReadOnlySpan<CallSiteArgument> arguments)
    {
        var literal = new StringBuilder();
        int i = 0;
        while (i < text.Length)
        {
            char c = text[i];
            if ((c is '{' or '}') && i + 1 < text.Length && text[i + 1] == c)
            {
                literal.Append(c);
                i += 2;
                continue;
            }

            int close = c == '{' ? text.IndexOf('}', i) : -1;
            if (close > 0 && TryParseHole(text.AsSpan(i + 1, close - i - 1), arguments, out int argument, out int alignment, out ArgumentFormat format))
            {
                parts.Add(new TemplatePart(literal.ToString(), argument, alignment, format));
                literal.Clear();
                i = close + 1;
                continue;
            }

            literal.Append(c);
            i++;
        }

        if (literal.Length > 0)
        {
            parts.Add(new TemplatePart(literal.ToString(), argument: -1, alignment: 0, default));
        }
    }

    private static bool TryParseHole(ReadOnlySpan<char> hole, ReadOnlySpan<CallSiteArgument> arguments, out int argument, out int alignment, out ArgumentFormat format)
    {
        argument = -1;
        alignment = 0;
        format = default;
        int colon = hole.IndexOf(':');
        if (colon >= 0)
        {
            format = ArgumentFormat.Parse(hole[(colon + 1)..].ToString());
            hole = hole[..colon];
        }

        int comma = hole.IndexOf(',');
        if (comma >= 0)
        {
            if (!int.TryParse(hole[(comma + 1)..], NumberStyles.Integer, CultureInfo.InvariantCulture, out alignment))
            {
                return false;
            }

            hole = hole[..comma];
        }

        // An at sign asks other loggers to take an object apart; it is no part of the name.
        hole = hole.Trim().TrimStart('@');
        for (int i = 0; i < arguments.Length; i++)
        {
            if (hole.Equals(arguments[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                argument = i;
                return true;
            }
        }

        return false;
    }
}
