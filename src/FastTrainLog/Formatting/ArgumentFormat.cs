using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>The format of an argument in a template, parsed once per call site.</summary>
internal readonly struct ArgumentFormat
{
    /// <summary>The format as floating-point numbers are written by it.</summary>
    public readonly NumberFormat Number;

    private ArgumentFormat(string? text)
    {
        Number = NumberFormat.Parse(text);
        IsByteCount = text == ByteCount.Format;
    }

    /// <summary>Gets whether integers are numbers of bytes, written by <see cref="ByteCount"/>.</summary>
    public bool IsByteCount { get; }

    /// <summary>Gets the format string, or null for the type's default form.</summary>
    public string? Text => Number.Text;

    public static ArgumentFormat Parse(string? text) => new(string.IsNullOrEmpty(text) ? null : text);
}
