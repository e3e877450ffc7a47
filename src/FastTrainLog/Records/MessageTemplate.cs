using System.Globalization;
using System.Text;
using FastTrainLog.Formatting;

namespace FastTrainLog.Records;

/// <summary>A message template cut into literal text and holes, once per call site.</summary>
internal sealed class MessageTemplate
{
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
            if (close > 0 && TryParseHole(text.AsSpan(i + 1, close - i - 1), arguments, out TemplatePart hole))
            {
                AddLiteral(parts, literal);
                parts.Add(hole);
                i = close + 1;
                continue;
            }

            literal.Append(c);
            i++;
        }

        AddLiteral(parts, literal);
        return new MessageTemplate(text, [.. parts]);
    }

    private static void AddLiteral(List<TemplatePart> parts, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(TemplatePart.Literal(Encoding.UTF8.GetBytes(literal.ToString())));
            literal.Clear();
        }
    }

    private static bool TryParseHole(ReadOnlySpan<char> hole, ReadOnlySpan<CallSiteArgument> arguments, out TemplatePart part)
    {
        part = default;
        string? format = null;
        int colon = hole.IndexOf(':');
        if (colon >= 0)
        {
            format = hole[(colon + 1)..].ToString();
            hole = hole[..colon];
        }

        int alignment = 0;
        int comma = hole.IndexOf(',');
        if (comma >= 0)
        {
            if (!int.TryParse(hole[(comma + 1)..], NumberStyles.Integer, CultureInfo.InvariantCulture, out alignment))
            {
                return false;
            }

            hole = hole[..comma];
        }

        hole = hole.Trim();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (hole.Equals(arguments[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                part = TemplatePart.Hole(i, alignment, ArgumentFormat.Parse(format));
                return true;
            }
        }

        return false;
    }
}
