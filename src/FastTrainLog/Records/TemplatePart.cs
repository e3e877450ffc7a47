using FastTrainLog.Utf8Text;

namespace FastTrainLog.Records;

/// <summary>A piece of a message template: literal text, and the placeholder of an argument that follows it.</summary>
internal readonly struct TemplatePart
{
    /// <summary>The placeholder's format.</summary>
    public readonly ArgumentFormat Format;

    /// <summary>The text before the placeholder.</summary>
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

    /// <summary>Gets the index of the placeholder's argument; -1 if there is only text.</summary>
    public int Argument { get; }

    /// <summary>Gets the placeholder's minimum width in characters; negative aligns left.</summary>
    public int Alignment { get; }

    /// <summary>Gets the arguments of the optional section that the part is in: if one has no value, the whole section is omitted.</summary>
    public int[]? Section { get; }

    public TemplatePart Within(int[] section) => new(Lead, Argument, Alignment, Format, section);
}
