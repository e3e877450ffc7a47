using System.Globalization;
using System.Text;

namespace FastTrainLog.Records;

/// <summary>A message template cut into literal text, holes and optional sections, once per call site.</summary>
/// <remarks>
/// A section <c>[?, accuracy {Accuracy:F4}]</c> is omitted from the message if one of its placeholders has no value: null, or no metrics.
/// It contains at least one placeholder and no nested section; otherwise <c>[?</c> stays as written.
/// </remarks>
internal sealed class MessageTemplate
{
    private const string SectionStart = "[?";

    // A limit, because a template may specify a width of thousands of millions.
    private const int MostColumns = 1000;

    private MessageTemplate(string text, TemplatePart[] parts)
    {
        Text = text;
        Parts = parts;
    }

    public string Text { get; }

    public TemplatePart[] Parts { get; }

    /// <summary>Parses a template; a hole whose name is no argument stays in the message as it is written.</summary>
    public static MessageTemplate Parse(string text, ReadOnlySpan<CallSiteArgument> arguments) => Parse(text, arguments, open: null);

    /// <summary>Parses a template whose arguments are not known: each hole is one of the argument that it names.</summary>
    /// <param name="text">The template.</param>
    /// <param name="names">Receives the names; the arguments of holes are indexes of it.</param>
    public static MessageTemplate ParseOpen(string text, List<string> names) => Parse(text, [], names);

    private static MessageTemplate Parse(string text, ReadOnlySpan<CallSiteArgument> arguments, List<string>? open)
    {
        var parts = new List<TemplatePart>();
        int literal = 0;
        for (int start = text.IndexOf(SectionStart, StringComparison.Ordinal); start >= 0;)
        {
            int end = SectionEnd(text, start);
            if (end >= 0 && ParseSection(text[(start + SectionStart.Length)..end], arguments, open) is { } section)
            {
                AddParts(parts, text[literal..start], arguments, open);
                parts.AddRange(section);
                literal = end + 1;
            }

            start = text.IndexOf(SectionStart, Math.Max(literal, start + 1), StringComparison.Ordinal);
        }

        AddParts(parts, text[literal..], arguments, open);
        return new MessageTemplate(text, [.. parts]);
    }

    // A bracket inside a placeholder belongs to its format.
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

    private static List<TemplatePart>? ParseSection(string text, ReadOnlySpan<CallSiteArgument> arguments, List<string>? open)
    {
        var parts = new List<TemplatePart>();
        AddParts(parts, text, arguments, open);
        int[] holes = [.. parts.Where(static part => part.Argument >= 0).Select(static part => part.Argument)];
        return holes.Length == 0 ? null : parts.ConvertAll(part => part.Within(holes));
    }

    private static void AddParts(List<TemplatePart> parts, string text, ReadOnlySpan<CallSiteArgument> arguments, List<string>? open)
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
            if (close > 0 && TryParseHole(text.AsSpan(i + 1, close - i - 1), arguments, open, out int argument, out int alignment, out ArgumentFormat format))
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

    private static bool TryParseHole(ReadOnlySpan<char> hole, ReadOnlySpan<CallSiteArgument> arguments, List<string>? open, out int argument, out int alignment, out ArgumentFormat format)
    {
        argument = -1;
        alignment = 0;
        format = default;
        int colon = hole.IndexOf(':');
        string written = colon < 0 ? string.Empty : hole[(colon + 1)..].ToString();
        if (colon >= 0)
        {
            format = ArgumentFormat.Parse(written);
            hole = hole[..colon];
        }

        int comma = hole.IndexOf(',');
        if (comma >= 0)
        {
            if (!int.TryParse(hole[(comma + 1)..], NumberStyles.Integer, CultureInfo.InvariantCulture, out alignment))
            {
                return false;
            }

            alignment = Math.Clamp(alignment, -MostColumns, MostColumns);
            hole = hole[..comma];
        }

        // An at sign makes other loggers destructure an object; it is not part of the name.
        hole = hole.Trim().TrimStart('@');
        if (open is not null)
        {
            argument = open.Count;
            open.Add(hole.ToString());
            return true;
        }

        if (FormOf(hole, written, arguments) is >= 0 and int form)
        {
            argument = form;
            return true;
        }

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

    // An argument that was formatted at the call has a further text for each further format of its placeholders.
    private static int FormOf(ReadOnlySpan<char> name, string format, ReadOnlySpan<CallSiteArgument> arguments)
    {
        string form = format.Length == 0 ? $"{{{name}}}" : $"{{{name}:{format}}}";
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Name.StartsWith('{') && arguments[i].Kind == ArgumentKind.Text && arguments[i].Name.Equals(form, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
