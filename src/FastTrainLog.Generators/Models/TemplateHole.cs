namespace FastTrainLog.Generators.Models;

/// <summary>A piece of a message template: text, then a hole.</summary>
/// <param name="Literal">The text before the hole as it stands in the template, with its doubled braces.</param>
/// <param name="Name">The hole's name; null for the text behind the last hole.</param>
/// <param name="Alignment">The hole's alignment as written, or null.</param>
/// <param name="Format">The hole's format, or null.</param>
internal sealed record TemplateHole(string Literal, string? Name, string? Alignment, string? Format);
