using FastTrainLog.Formatting;

namespace FastTrainLog.Records;

/// <summary>A piece of a message template: literal text, and the hole for an argument that follows it.</summary>
internal readonly struct TemplatePart
{
    /// <summary>The hole's format.</summary>
    public readonly ArgumentFormat Format;

    /// <summary>The text ahead of the hole.</summary>
    public readonly Utf8Literal Lead;

    public TemplatePart(string lead, int argument, int alignment, ArgumentFormat format, int[]? section = null)
        : this(new Utf8Literal(lead), argument, alignment, format, section)
    {
    }

    private TemplatePart(Utf8Literal lead, int argument, int alignment, ArgumentFormat format, int[]? section)
    {
        Lead = lead;
        Argument = argument;
        Alignment = alignment;
        Format = format;
        Section = section;
    }

    /// <summary>Gets the index of the hole's argument; -1 where there is text alone.</summary>
    public int Argument { get; }

    /// <summary>Gets the hole's minimum width in characters; negative aligns left.</summary>
    public int Alignment { get; }

    /// <summary>Gets the arguments of the optional section that the part stands in: where one has no value, all of the section is left out.</summary>
    public int[]? Section { get; }

    public TemplatePart Within(int[] section) => new(Lead, Argument, Alignment, Format, section);
}
