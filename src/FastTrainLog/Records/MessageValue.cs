using System.ComponentModel;
using System.Globalization;
using System.Text.Unicode;

namespace FastTrainLog.Records;

/// <summary>A value of a message, formatted without boxing it; or a text in its place.</summary>
/// <remarks>It stores its format, because an interpolated string would pass it as a span, while a value's own formatting needs a string.</remarks>
/// <typeparam name="T">The value's type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct MessageValue<T> : ISpanFormattable, IUtf8SpanFormattable
{
    private readonly T _value;
    private readonly string? _text;
    private readonly string? _format;

    internal MessageValue(T value, string? text, string? format)
    {
        _value = value;
        _text = text;
        _format = format;
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        // The handler calls a value type's own method, an enum's too, without boxing.
        var handler = new MemoryExtensions.TryWriteInterpolatedStringHandler(0, 1, destination, CultureInfo.InvariantCulture, out _);
        if (_text is null)
        {
            handler.AppendFormatted(_value, _format);
        }
        else
        {
            handler.AppendLiteral(_text);
        }

        return destination.TryWrite(ref handler, out charsWritten);
    }

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var handler = new Utf8.TryWriteInterpolatedStringHandler(0, 1, utf8Destination, CultureInfo.InvariantCulture, out _);
        if (_text is null)
        {
            handler.AppendFormatted(_value, _format);
        }
        else
        {
            handler.AppendLiteral(_text);
        }

        return Utf8.TryWrite(utf8Destination, ref handler, out bytesWritten);
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(null, null);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => string.Create(CultureInfo.InvariantCulture, $"{this}");
}
