using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;
using FastTrainLog.Numbers;

namespace FastTrainLog.Utf8Text;

/// <summary>A growing buffer of UTF-8 text that is cleared and filled again without allocating.</summary>
/// <remarks>Not thread-safe: each belongs to the backend.</remarks>
internal sealed class Utf8Buffer(int capacity = 4096) : IBufferWriter<byte>
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Drops what was written after a position.</summary>
    public void Truncate(int length) => _length = length;

    public void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    public void Append(in Utf8Literal text)
    {
        ReadOnlySpan<byte> padded = text.Padded;
        ref byte from = ref MemoryMarshal.GetReference(padded);
        ref byte to = ref MemoryMarshal.GetReference(Reserve(padded.Length));
        for (nuint i = 0; i < (nuint)padded.Length; i += Utf8Literal.Unit)
        {
            Vector256.LoadUnsafe(ref from, i).StoreUnsafe(ref to, i);
        }

        _length += text.Length;
    }

    /// <summary>Appends UTF-16 text; a lone surrogate becomes U+FFFD.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        Span<byte> room = Reserve(text.Length * 3);
        Utf8.FromUtf16(text, room, out _, out int written, replaceInvalidSequences: true);
        _length += written;
    }

    public void Append(byte value)
    {
        if (_length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[_length++] = value;
    }

    /// <summary>Returns room of at least the given size after what was written; <see cref="Advance"/> says how much of it was used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int size)
    {
        if (_bytes.Length - _length < size)
        {
            Grow(size);
        }

        return _bytes.AsSpan(_length);
    }

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0) => Reserve(Math.Max(sizeHint, 1));

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    /// <summary>Writes a value with its own UTF-8 formatting, with as much space as it needs.</summary>
    public void AppendFormatted<T>(T value, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        int size = 64;
        while (true)
        {
            if (value.TryFormat(Reserve(size), out int written, format, System.Globalization.CultureInfo.InvariantCulture))
            {
                _length += written;
                return;
            }

            size *= 4;
        }
    }

    /// <summary>Appends an integer in decimal digits.</summary>
    public void AppendInteger(long value)
    {
        ref byte start = ref MemoryMarshal.GetReference(Reserve(NumberWriter.RequiredLength));
        // The sign is always stored, and overwritten by the first digit if there is none.
        start = (byte)'-';
        int sign = value < 0 ? 1 : 0;
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        _length += sign + AsciiDigits.Write(ref Unsafe.Add(ref start, sign), magnitude);
    }

    /// <summary>Appends a number in its format.</summary>
    public void AppendFormatted<T>(T value, in NumberFormat format)
        where T : struct, IUtf8SpanFormattable
    {
        int size = NumberWriter.RequiredLength;
        while (true)
        {
            if (format.TryWrite(Reserve(size), value, out int written))
            {
                _length += written;
                return;
            }

            size *= 4;
        }
    }

    /// <summary>Inserts spaces so that the text from a position on is at least a width wide, in UTF-8 code points.</summary>
    public void Align(int start, int alignment)
    {
        int width = 0;
        foreach (byte b in _bytes.AsSpan(start, _length - start))
        {
            width += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        int padding = Math.Abs(alignment) - width;
        if (padding <= 0)
        {
            return;
        }

        Reserve(padding);
        if (alignment > 0)
        {
            _bytes.AsSpan(start, _length - start).CopyTo(_bytes.AsSpan(start + padding));
            _bytes.AsSpan(start, padding).Fill((byte)' ');
        }
        else
        {
            _bytes.AsSpan(_length, padding).Fill((byte)' ');
        }

        _length += padding;
    }

    private void Grow(int size) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + size));
}
