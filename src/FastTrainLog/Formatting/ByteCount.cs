using System.Globalization;

namespace FastTrainLog.Formatting;

/// <summary>A number of bytes as people read it, such as <c>23.54 GiB</c>: four digits, in units of 1024.</summary>
internal readonly struct ByteCount(double bytes) : IUtf8SpanFormattable
{
    /// <summary>The format of a hole whose integer is one: <c>{ProcessBytes:bytes}</c>. Only a <see cref="TrainLogger"/> knows it.</summary>
    public const string Format = "bytes";

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        (double value, string unit) = Scaled();
        return System.Text.Unicode.Utf8.TryWrite(utf8Destination, CultureInfo.InvariantCulture, $"{value:G4} {unit}", out bytesWritten);
    }

    public override string ToString()
    {
        (double value, string unit) = Scaled();
        return string.Create(CultureInfo.InvariantCulture, $"{value:G4} {unit}");
    }

    private (double Value, string Unit) Scaled()
    {
        // What four digits would round up to 1024 is one of the next unit.
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
