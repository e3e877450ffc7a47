using System.Globalization;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A type of the user's that formats itself.</summary>
internal readonly record struct Point(double X, double Y) : ISpanFormattable
{
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite(provider, $"<{X.ToString(format.ToString(), provider)}, {Y.ToString(format.ToString(), provider)}>", out charsWritten);

    public string ToString(string? format, IFormatProvider? formatProvider) =>
        string.Create(CultureInfo.InvariantCulture, $"<{X.ToString(format, formatProvider)}, {Y.ToString(format, formatProvider)}>");
}
