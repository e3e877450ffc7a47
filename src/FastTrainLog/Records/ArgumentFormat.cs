using FastTrainLog.Numbers;

namespace FastTrainLog.Records;

/// <summary>The format of an argument in a template, parsed once per call site.</summary>
internal readonly struct ArgumentFormat
{
    private const int MostDigits = 1000;

    /// <summary>The format for floating-point numbers.</summary>
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

    public static ArgumentFormat Parse(string? text) => new(string.IsNullOrEmpty(text) || AsksForTooMuch(text) ? null : text);

    // A standard format with a precision: a letter and digits. The runtime accepts a precision of up to a thousand million, which takes gigabytes and half a minute.
    private static bool AsksForTooMuch(ReadOnlySpan<char> text) =>
        char.IsAsciiLetter(text[0]) && text.Length > 1 && !text[1..].ContainsAnyExceptInRange('0', '9') && (!int.TryParse(text[1..], out int digits) || digits > MostDigits);
}
