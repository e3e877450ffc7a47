using System.Buffers;
using System.Collections;
using System.ComponentModel;
using System.Globalization;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>The text of an argument whose type has no binary form, formatted at the call, before the record begins.</summary>
/// <remarks>
/// It starts in the caller's stack memory and rents an array if that is too small; dispose of it after the record is committed.
/// A value whose own formatting throws becomes a text that says so: a log call must not end the training loop.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct TextArgument
{
    private const int RawChars = 256;

    private Span<char> _buffer;
    private char[]? _rented;
    private int _length;
    private bool _holdsSecret;

    /// <summary>Initializes a text.</summary>
    /// <param name="stackMemory">The memory to use as long as it suffices.</param>
    public TextArgument(Span<char> stackMemory) => _buffer = stackMemory;

    /// <summary>Gets the text; empty if <see cref="IsNull"/>.</summary>
    public readonly ReadOnlySpan<char> Written => IsNull ? default : _buffer[.._length];

    /// <summary>Gets whether the value was null.</summary>
    public readonly bool IsNull => _length < 0;

    /// <summary>Formats a value in the invariant culture; items of a sequence are separated by commas.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="format">The format of its placeholder in the template, or null.</param>
    public void Format<T>(T value, string? format)
    {
        if (value is null)
        {
            _length = -1;
            return;
        }

        _length = 0;
        try
        {
            Append(value, format);
        }
        catch (Exception failure)
        {
            Explain(value.GetType(), failure);
        }
    }

    /// <summary>Formats the items of a sequence in the invariant culture, in brackets and separated by commas.</summary>
    /// <param name="sequence">The sequence.</param>
    public void FormatSequence(IEnumerable? sequence)
    {
        if (sequence is null)
        {
            _length = -1;
            return;
        }

        _length = 0;
        try
        {
            Append("[");
            AppendItems(sequence);
            Append("]");
        }
        catch (Exception failure)
        {
            Explain(sequence.GetType(), failure);
        }
    }

    /// <summary>Writes what is logged in place of a classified value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="logger">The logger on which the call is made: its log set the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the value.</param>
    /// <param name="value">The value.</param>
    public void Redact<T>(ILogger logger, Type classification, T value)
    {
        Redactor redactor = RedactorTable.Of(logger).For(classification);
        if (!redactor.ReadsValue)
        {
            AppendRedacted(redactor, default);
            return;
        }

        var raw = new TextArgument(stackalloc char[RawChars]) { _holdsSecret = true };
        raw.Format(value, null);
        AppendRedacted(redactor, raw.Written);
        raw._buffer.Clear();
        raw.Dispose();
    }

    /// <summary>Writes what is logged in place of a classified text.</summary>
    /// <param name="logger">The logger on which the call is made: its log set the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the text.</param>
    /// <param name="value">The text.</param>
    public void Redact(ILogger logger, Type classification, scoped ReadOnlySpan<char> value) =>
        AppendRedacted(RedactorTable.Of(logger).For(classification), value);

    /// <summary>Writes what is logged in place of a classified text.</summary>
    /// <param name="logger">The logger on which the call is made: its log set the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the text.</param>
    /// <param name="value">The text, or null.</param>
    public void Redact(ILogger logger, Type classification, string? value) => Redact(logger, classification, value.AsSpan());

    /// <summary>Returns what is logged in place of a classified value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="logger">The logger on which the call is made: its log set the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the value.</param>
    /// <param name="value">The value.</param>
    /// <returns>The text.</returns>
    public static string Redacted<T>(ILogger logger, Type classification, T value)
    {
        var text = new TextArgument(stackalloc char[Redactor.MaxChars]);
        text.Redact(logger, classification, value);
        return text.Written.ToString();
    }

    /// <summary>Returns what is logged in place of a classified text.</summary>
    /// <param name="logger">The logger on which the call is made: its log set the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the text.</param>
    /// <param name="value">The text.</param>
    /// <returns>The text in its place.</returns>
    public static string Redacted(ILogger logger, Type classification, scoped ReadOnlySpan<char> value)
    {
        var text = new TextArgument(stackalloc char[Redactor.MaxChars]);
        text.Redact(logger, classification, value);
        return text.Written.ToString();
    }

    /// <summary>Returns a rented array to the pool.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<char>.Shared.Return(rented, clearArray: _holdsSecret);
        }
    }

    private void AppendRedacted(Redactor redactor, scoped ReadOnlySpan<char> value)
    {
        Span<char> redacted = stackalloc char[Redactor.MaxChars];
        Append(redacted[..redactor.Redact(value, redacted)]);
    }

    private void Explain(Type type, Exception failure)
    {
        _length = 0;
        Append(SafeText.Failure(type, failure));
    }

    private void Append<T>(T value, string? format)
    {
        if (value is IEnumerable and not string)
        {
            AppendItems((IEnumerable)value);
            return;
        }

        while (true)
        {
            // The handler calls a value type's own method, an enum's too, without boxing.
            Span<char> rest = _buffer[_length..];
            var handler = new MemoryExtensions.TryWriteInterpolatedStringHandler(0, 1, rest, CultureInfo.InvariantCulture, out _);
            handler.AppendFormatted(value, format);
            if (rest.TryWrite(ref handler, out int written))
            {
                // The value's own code reports how much it wrote.
                _length += (uint)written <= (uint)rest.Length ? written : throw new FormatException($"{typeof(T)} reports that it wrote {written} characters into {rest.Length}.");
                return;
            }

            if (_buffer.Length > SafeText.MostChars)
            {
                // It may request ever more space.
                Append(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString());
                return;
            }

            Grow(_buffer.Length * 2);
        }
    }

    private void AppendItems(IEnumerable sequence)
    {
        bool first = true;
        foreach (object? item in sequence)
        {
            if (!first)
            {
                Append(", ");
            }

            first = false;
            if (_length > SafeText.MostChars)
            {
                // It may be endless.
                Append("…");
                return;
            }

            Append(item switch
            {
                null => "(null)",
                IEnumerable and not string and not IFormattable => item.ToString(),
                _ => SafeText.Of(item),
            });
        }
    }

    private void Append(scoped ReadOnlySpan<char> text)
    {
        if (text.Length > _buffer.Length - _length)
        {
            Grow(Math.Max(_buffer.Length * 2, _length + text.Length));
        }

        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    private void Grow(int size)
    {
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(256, size));
        _buffer[.._length].CopyTo(larger);
        Dispose();
        _rented = larger;
        _buffer = larger;
    }
}
