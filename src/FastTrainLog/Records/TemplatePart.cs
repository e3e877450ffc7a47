using FastTrainLog.Formatting;

namespace FastTrainLog.Records;

/// <summary>A piece of a message template: literal UTF-8 text, or a hole for an argument.</summary>
internal readonly struct TemplatePart
{
    private TemplatePart(byte[]? text, int argument, int alignment, ArgumentFormat format, int[]? section)
    {
        Text = text;
        Argument = argument;
        Alignment = alignment;
        Format = format;
        Section = section;
    }

    /// <summary>Gets the literal text, or null for a hole.</summary>
    public byte[]? Text { get; }

    /// <summary>Gets the index of the hole's argument.</summary>
    public int Argument { get; }

    /// <summary>Gets the hole's minimum width in characters; negative aligns left.</summary>
    public int Alignment { get; }

    public ArgumentFormat Format { get; }

    /// <summary>Gets the arguments of the optional section that the part stands in: where one has no value, all of the section is left out.</summary>
    public int[]? Section { get; }

    public static TemplatePart Literal(byte[] text) => new(text, -1, 0, default, null);

    public static TemplatePart Hole(int argument, int alignment, ArgumentFormat format) => new(null, argument, alignment, format, null);

    public TemplatePart Within(int[] section) => new(Text, Argument, Alignment, Format, section);
}
