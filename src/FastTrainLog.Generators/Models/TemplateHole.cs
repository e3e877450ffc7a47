namespace FastTrainLog.Generators.Models;

/// <summary>A piece of a message template: text, then a hole.</summary>
/// <param name="Literal">The text before the hole as it stands in the template, with its doubled braces.</param>
/// <param name="Position">Where the inside of the hole begins in the template.</param>
/// <param name="Name">The hole's name; null for the text behind the last hole.</param>
/// <param name="Alignment">The hole's alignment as written, or null.</param>
/// <param name="Format">The hole's format, or null.</param>
internal sealed record TemplateHole(string Literal, int Position, string? Name, string? Alignment, string? Format)
{
    /// <summary>Returns whether the hole is for a parameter.</summary>
    public bool IsFor(string parameter) => Name is not null && string.Equals(BareName, parameter, StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets the name without the at sign that asks other loggers to take an object apart.</summary>
    public string BareName => Name?.TrimStart('@') ?? string.Empty;
}
