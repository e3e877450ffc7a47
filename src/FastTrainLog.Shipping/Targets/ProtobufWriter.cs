using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace FastTrainLog.Shipping;

/// <summary>Writes messages in the wire format of Protocol Buffers: https://protobuf.dev/programming-guides/encoding. A nested message is written with room for a short length, which is filled in at its end.</summary>
/// <remarks>Fields are written in the order of the calls. Not thread-safe.</remarks>
internal sealed class ProtobufWriter
{
    // Most messages are a few bytes long, and so is their length. A long one is moved by what its length needs more.
    private const int LengthBytes = 1;
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int DelimitedType = 2;
    private const int Fixed32Type = 5;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Returns the tag of a field up to 15 that is a number of any length.</summary>
    public static byte Varint(int field) => (byte)((field << 3) | VarintType);

    /// <summary>Returns the tag of a field up to 15 that is a number of eight bytes.</summary>
    public static byte Fixed64(int field) => (byte)((field << 3) | Fixed64Type);

    /// <summary>Returns the tag of a field up to 15 that has a length.</summary>
    public static byte Delimited(int field) => (byte)((field << 3) | DelimitedType);

    /// <summary>Returns the number of bytes of a number of any length.</summary>
    public static int LengthOf(ulong value) => (BitOperations.Log2(value) + 7) / 7;

    /// <summary>Returns the number of bytes of a length.</summary>
    public static int LengthOf(int length) => length < 0x80 ? 1 : LengthOf((ulong)length);

    /// <summary>Writes a number of any length.</summary>
    /// <returns>The number of its bytes.</returns>
    public static int WriteVarint(Span<byte> bytes, ulong value)
    {
        int count = 0;
        while (value >= 0x80)
        {
            bytes[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[count++] = (byte)value;
        return count;
    }

    public void Clear() => _length = 0;

    /// <summary>Returns the next bytes, which the caller writes.</summary>
    public Span<byte> Take(int count)
    {
        Span<byte> bytes = Reserve(count)[..count];
        _length += count;
        return bytes;
    }

    /// <summary>Begins a nested message.</summary>
    /// <returns>What <see cref="End"/> is given.</returns>
    public int Begin(int field)
    {
        Tag(field, DelimitedType);
        Reserve(LengthBytes);
        return _length += LengthBytes;
    }

    /// <summary>Ends a nested message.</summary>
    public void End(int start)
    {
        int length = _length - start;
        if (length < 0x80)
        {
            _bytes[start - LengthBytes] = (byte)length;
            return;
        }

        int more = LengthOf((ulong)length) - LengthBytes;
        Reserve(more);
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(start + more));
        _length = start - LengthBytes;
        Raw((ulong)length);
        _length += length;
    }

    public void Number(int field, ulong value)
    {
        Tag(field, VarintType);
        Raw(value);
    }

    public void Fixed(int field, ulong value)
    {
        Tag(field, Fixed64Type);
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);
        _length += sizeof(ulong);
    }

    public void Fixed(int field, uint value)
    {
        Tag(field, Fixed32Type);
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), value);
        _length += sizeof(uint);
    }

    public void Double(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a repeated field of doubles in the packed form.</summary>
    public void Doubles(int field, ReadOnlySpan<double> values)
    {
        Tag(field, DelimitedType);
        Raw((ulong)(values.Length * sizeof(double)));
        foreach (double value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);
            _length += sizeof(double);
        }
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, DelimitedType);
        Raw((ulong)value.Length);
        value.CopyTo(Reserve(value.Length));
        _length += value.Length;
    }

    public void Text(int field, string value)
    {
        int start = Begin(field);
        _length += Encoding.UTF8.GetBytes(value, Reserve(Encoding.UTF8.GetMaxByteCount(value.Length)));
        End(start);
    }

    private void Tag(int field, int type) => Raw((ulong)((field << 3) | type));

    private void Raw(ulong value)
    {
        if (value < 0x80)
        {
            Reserve(1)[0] = (byte)value;
            _length++;
            return;
        }

        _length += WriteVarint(Reserve(10), value);
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }

        return _bytes.AsSpan(_length);
    }
}
