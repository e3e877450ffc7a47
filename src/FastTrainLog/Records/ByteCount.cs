using System.ComponentModel;
using System.Globalization;

namespace FastTrainLog.Records;

/// <summary>A number of bytes in readable form, such as <c>23.54 GiB</c>: four digits, in units of 1024.</summary>
/// <param name="bytes">The number.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ByteCount(double bytes) : IUtf8SpanFormattable, ISpanFormattable
{
    /// <summary>The format of a placeholder whose integer is a number of bytes: <c>{ProcessBytes:bytes}</c>.</summary>
    public const string Format = "bytes";

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        (double value, string unit) = Scaled();
        return System.Text.Unicode.Utf8.TryWrite(utf8Destination, CultureInfo.InvariantCulture, $"{value:G4} {unit}", out bytesWritten);
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        (double value, string unit) = Scaled();
        return destination.TryWrite(CultureInfo.InvariantCulture, $"{value:G4} {unit}", out charsWritten);
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public override string ToString()
    {
        (double value, string unit) = Scaled();
        return string.Create(CultureInfo.InvariantCulture, $"{value:G4} {unit}");
    }

    private (double Value, string Unit) Scaled()
    {
        // A value that four digits would round up to 1024 is shown as 1 of the next unit.
        const double Next = 1023.95;
        double value = bytes;
        int unit = 0;
        while (Math.Abs(value) >= Next && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return (value, Units[unit]);
    }
}
