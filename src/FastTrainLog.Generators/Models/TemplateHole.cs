namespace FastTrainLog.Generators.Models;

/// <summary>A piece of a message template: text, then a placeholder.</summary>
/// <param name="Literal">The text before the placeholder as written in the template, with its doubled braces.</param>
/// <param name="Position">The position of the placeholder's content in the template.</param>
/// <param name="Name">The placeholder's name; null for the text after the last one.</param>
/// <param name="Alignment">The placeholder's alignment as written, or null.</param>
/// <param name="Format">The placeholder's format, or null.</param>
internal sealed record TemplateHole(string Literal, int Position, string? Name, string? Alignment, string? Format)
{
    /// <summary>Returns whether the placeholder refers to a parameter.</summary>
    public bool IsFor(string parameter) => Name is not null && string.Equals(BareName, parameter, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets whether its width and number of digits are such that every reader of the template follows them.</summary>
    public bool IsPlain =>
        Alignment is null or { Length: <= 3 } && !(Format is { Length: > 4 } format && char.IsLetter(format[0]) && format.Skip(1).All(char.IsDigit));

    /// <summary>Gets the name without the at sign, which requests destructuring in other loggers.</summary>
    public string BareName => Name?.TrimStart('@') ?? string.Empty;
}
