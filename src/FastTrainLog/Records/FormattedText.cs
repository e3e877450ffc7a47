using System.Collections;
using System.Globalization;
using System.Text;

namespace FastTrainLog.Records;

/// <summary>Creates the message of a state whose own formatting failed: the template, with each value that can be formatted.</summary>
internal static class FormattedText
{
    /// <summary>The name of the pair that holds a state's template.</summary>
    public const string Template = "{OriginalFormat}";

    /// <summary>Fills a state's template with its values.</summary>
    /// <param name="state">The state's type.</param>
    /// <param name="properties">Its pairs.</param>
    /// <param name="failure">Why it could not format itself.</param>
    /// <returns>The message.</returns>
    public static string Fill(Type state, in PropertyList properties, Exception failure)
    {
        ReadOnlySpan<PropertyList.Item> items = properties.Items;
        if (items is not [.., { Name: Template, Value: string template }])
        {
            return SafeText.Failure(state, failure);
        }

        var message = new StringBuilder();
        int hole = 0;
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            if ((c is '{' or '}') && i + 1 < template.Length && template[i + 1] == c)
            {
                message.Append(c);
                i++;
            }
            else if (c == '{' && template.IndexOf('}', i) is > 0 and var end)
            {
                // Placeholders and values are in the same order.
                message.Append(hole < items.Length - 1 ? items[hole].Text ?? "(null)" : template[i..(end + 1)]);
                hole++;
                i = end;
            }
            else
            {
                message.Append(c);
            }
        }

        return message.ToString();
    }

    /// <summary>Fills the template of an attributed method with its values, as far as they can be formatted.</summary>
    /// <param name="template">The template.</param>
    /// <param name="pairs">The values by their names.</param>
    /// <returns>The message.</returns>
    public static string Fill(string template, IReadOnlyList<KeyValuePair<string, object?>> pairs)
    {
        var message = new StringBuilder();
        foreach (TemplatePart part in MessageTemplate.Parse(template, [.. pairs.Select(static p => new CallSiteArgument(p.Key, ArgumentKind.Text))]).Parts)
        {
            if (part.Section?.All(i => pairs[i].Value is not (null or Metric[] { Length: 0 })) == false)
            {
                continue;
            }

            message.Append(Encoding.UTF8.GetString(part.Lead.Text));
            if (part.Argument >= 0)
            {
                string text = TextOf(pairs[part.Argument].Value, part.Format);
                message.Append(part.Alignment < 0 ? text.PadRight(-part.Alignment) : text.PadLeft(part.Alignment));
            }
        }

        return message.ToString();
    }

    private static string TextOf(object? value, ArgumentFormat format)
    {
        try
        {
            return value switch
            {
                null => string.Empty,
                string text => text,
                Metric[] metrics => MessageArgument.Metrics(metrics, format.Text),
                IConvertible when format.IsByteCount => MessageArgument.Bytes(Convert.ToDouble(value, CultureInfo.InvariantCulture)).ToString(),
                IFormattable formattable => formattable.ToString(format.Text, CultureInfo.InvariantCulture),
                IEnumerable sequence => MessageArgument.Sequence(sequence),
                _ => value.ToString() ?? string.Empty,
            };
        }
        catch (Exception failure)
        {
            return SafeText.Failure(value!.GetType(), failure);
        }
    }

    /// <summary>Returns the name of a template's placeholder; null if it has fewer.</summary>
    public static string? NameOfHole(string template, int index)
    {
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != '{')
            {
                continue;
            }

            if (i + 1 < template.Length && template[i + 1] == '{')
            {
                i++;
                continue;
            }

            int end = template.IndexOf('}', i);
            if (end < 0)
            {
                return null;
            }

            if (index-- == 0)
            {
                ReadOnlySpan<char> name = template.AsSpan(i + 1, end - i - 1);
                int other = name.IndexOfAny(',', ':');
                return (other < 0 ? name : name[..other]).Trim().ToString();
            }

            i = end;
        }

        return null;
    }
}
