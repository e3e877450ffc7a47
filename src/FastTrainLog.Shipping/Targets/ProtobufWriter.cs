using System.Buffers.Binary;
using System.Text;

namespace FastTrainLog.Shipping;

/// <summary>Writes messages in the wire format of Protocol Buffers: https://protobuf.dev/programming-guides/encoding. A nested message is written with room for its length, which is filled in at its end.</summary>
/// <remarks>Fields are written in the order of the calls. Not thread-safe.</remarks>
internal sealed class ProtobufWriter
{
    // Those of the longest length; what is not needed in the end is closed up.
    private const int LengthBytes = 5;
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

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
        _length = start - LengthBytes;
        Raw((ulong)length);
        // Most messages are a few bytes long, and so is their length.
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(_length));
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
        Tag(field, Delimited);
        int length = Encoding.UTF8.GetByteCount(value);
        Raw((ulong)length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
        _length += length;
    }

    private void Tag(int field, int type) => Raw((ulong)((field << 3) | type));

    private void Raw(ulong value)
    {
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

        return _bytes.AsSpan(_length, count);
    }
}
