namespace FastTrainLog.Generators.Models;

/// <summary>A part of a message template.</summary>
/// <param name="Pieces">Its pieces; the last one has no hole.</param>
/// <param name="IsOptional">Whether it is left out where one of its holes has no value.</param>
internal sealed record TemplateSection(EquatableArray<TemplateHole> Pieces, bool IsOptional);
