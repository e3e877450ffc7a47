using System.Buffers.Binary;
using System.Text;

namespace FastTrainLog.Shipping;

/// <summary>Writes messages in the wire format of Protocol Buffers. A nested message is written with room for its length, which is filled in at its end.</summary>
internal sealed class ProtobufWriter
{
    // A length in five bytes is valid however small it is, so nothing has to be moved.
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
        uint length = (uint)(_length - start);
        for (int i = LengthBytes; i > 0; i--)
        {
            _bytes[start - i] = (byte)((length & 0x7F) | (i > 1 ? 0x80u : 0));
            length >>= 7;
        }
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
