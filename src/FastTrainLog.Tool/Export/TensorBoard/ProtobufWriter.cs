using System.Buffers.Binary;
using System.Text;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>Writes messages in the wire format of protocol buffers: https://protobuf.dev/programming-guides/encoding.</summary>
/// <remarks>Fields are written in the order of the calls. Not thread-safe.</remarks>
internal sealed class ProtobufWriter
{
    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
        Fixed32 = 5,
    }

    private readonly MemoryStream _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    public void Clear() => _bytes.SetLength(0);

    public void Int64(int field, long value)
    {
        Tag(field, WireType.Varint);
        Varint((ulong)value);
    }

    public void Float(int field, float value)
    {
        Tag(field, WireType.Fixed32);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
    }

    public void Double(int field, double value)
    {
        Tag(field, WireType.Fixed64);
        Fixed(value);
    }

    /// <summary>Writes a repeated field of doubles in the packed form.</summary>
    public void Doubles(int field, ReadOnlySpan<double> values)
    {
        Tag(field, WireType.Length);
        Varint((ulong)(values.Length * sizeof(double)));
        foreach (double value in values)
        {
            Fixed(value);
        }
    }

    public void String(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a field that is a message itself.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.Written);
    }

    private void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Tag(field, WireType.Length);
        Varint((ulong)bytes.Length);
        _bytes.Write(bytes);
    }

    private void Tag(int field, WireType type) => Varint(((ulong)field << 3) | (ulong)type);

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.WriteByte((byte)value);
    }

    private void Fixed(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
    }
}
