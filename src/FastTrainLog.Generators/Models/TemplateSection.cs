namespace FastTrainLog.Generators.Models;

/// <summary>A part of a message template.</summary>
/// <param name="Pieces">Its pieces; the last one has no placeholder.</param>
/// <param name="IsOptional">Whether it is omitted if one of its placeholders has no value.</param>
internal sealed record TemplateSection(EquatableArray<TemplateHole> Pieces, bool IsOptional);
