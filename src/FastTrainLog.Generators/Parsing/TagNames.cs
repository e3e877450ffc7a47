using System.Collections.Immutable;
using System.Text;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Replaces the parameters' names in a message by their names in the log.</summary>
internal static class TagNames
{
    public static ImmutableArray<TemplateHole> Rename(ImmutableArray<TemplateHole> template, ImmutableArray<IParameterSymbol> parameters)
    {
        foreach (IParameterSymbol parameter in parameters)
        {
            if (FieldMarks.Of(parameter) is { MaxDepth: null, TagName: { } name })
            {
                template = [.. template.Select(h => h.IsFor(parameter.Name) ? h with { Name = name } : h)];
            }
        }

        return template;
    }

    /// <summary>Returns the message of a template whose placeholders were renamed.</summary>
    public static string Message(string message, ImmutableArray<TemplateHole> template, ImmutableArray<TemplateHole> named)
    {
        if (template == named)
        {
            return message;
        }

        var text = new StringBuilder();
        foreach (TemplateHole hole in named)
        {
            text.Append(hole.Literal);
            if (hole.Name is not null)
            {
                text.Append('{').Append(hole.Name);
                text.Append(hole.Alignment is null ? string.Empty : $",{hole.Alignment}");
                text.Append(hole.Format is null ? string.Empty : $":{hole.Format}");
                text.Append('}');
            }
        }

        return text.ToString();
    }
}
