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
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <summary>Begins a nested message.</summary>
    /// <returns>What <see cref="End"/> is given.</returns>
    public int Begin(int field)
    {
        Tag(field, Delimited);
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
        Tag(field, Varint);
        Raw(value);
    }

    public void Fixed(int field, ulong value)
    {
        Tag(field, Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);
        _length += sizeof(ulong);
    }

    public void Fixed(int field, uint value)
    {
        Tag(field, Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), value);
        _length += sizeof(uint);
    }

    public void Double(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a repeated field of doubles in the packed form.</summary>
    public void Doubles(int field, ReadOnlySpan<double> values)
    {
        Tag(field, Delimited);
        Raw((ulong)(values.Length * sizeof(double)));
        foreach (double value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);
            _length += sizeof(double);
        }
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
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

    private static int LengthOf(ulong value) => (BitOperations.Log2(value) + 7) / 7;

    private void Tag(int field, int type) => Raw((ulong)((field << 3) | type));

    private void Raw(ulong value)
    {
        if (value < 0x80)
        {
            Reserve(1)[0] = (byte)value;
            _length++;
            return;
        }

        Span<byte> bytes = Reserve(10);
        int count = 0;
        while (value >= 0x80)
        {
            bytes[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[count++] = (byte)value;
        _length += count;
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
