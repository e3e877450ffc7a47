using System.Buffers;
using System.Collections;
using System.ComponentModel;
using System.Globalization;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>The text of an argument whose type has no binary form, formatted at the call, before the record begins.</summary>
/// <remarks>
/// It starts in the caller's stack memory and rents an array where that is too small; dispose it after the record is committed.
/// A value whose own formatting throws becomes a text that says so: a log call must not take the training loop down.
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

    /// <summary>Gets the text; empty where <see cref="IsNull"/>.</summary>
    public readonly ReadOnlySpan<char> Written => IsNull ? default : _buffer[.._length];

    /// <summary>Gets whether the value was null.</summary>
    public readonly bool IsNull => _length < 0;

    /// <summary>Formats a value in the invariant culture; items of a sequence are separated by commas.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="format">The format of its hole in the template, or null.</param>
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

    /// <summary>Writes what is logged in the place of a classified value.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="logger">The logger that the call is made on: its log chose the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the value.</param>
    /// <param name="value">The value.</param>
    public void Redact<T>(ILogger logger, Type classification, T value)
    {
        Redactor redactor = RedactorTable.Of(logger).For(classification);
        if (!redactor.ReadsValue)
        {
            redactor.Redact(default, ref this);
            return;
        }

        var raw = new TextArgument(stackalloc char[RawChars]) { _holdsSecret = true };
        raw.Format(value, null);
        redactor.Redact(raw.Written, ref this);
        raw._buffer.Clear();
        raw.Dispose();
    }

    /// <summary>Writes what is logged in the place of a classified text.</summary>
    /// <param name="logger">The logger that the call is made on: its log chose the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the text.</param>
    /// <param name="value">The text.</param>
    public void Redact(ILogger logger, Type classification, scoped ReadOnlySpan<char> value) =>
        RedactorTable.Of(logger).For(classification).Redact(value, ref this);

    /// <summary>Writes what is logged in the place of a classified text.</summary>
    /// <param name="logger">The logger that the call is made on: its log chose the redactor.</param>
    /// <param name="classification">The class of the attribute that classifies the text.</param>
    /// <param name="value">The text, or null.</param>
    public void Redact(ILogger logger, Type classification, string? value) => Redact(logger, classification, value.AsSpan());

    /// <summary>Gives a rented array back.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<char>.Shared.Return(rented, clearArray: _holdsSecret);
        }
    }

    private void Explain(Type type, Exception failure)
    {
        _length = 0;
        Append($"({type} could not be formatted: {failure.GetType()})");
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
                _length += written;
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
            Append(item switch
            {
                null => "(null)",
                IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
                _ => item.ToString(),
            });
        }
    }

    internal void Append(scoped ReadOnlySpan<char> text)
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
