using System.Buffers.Binary;

namespace FastTrainLog.Columns;

/// <summary>Reads the bytes of a block, and does not read past its end, whatever they say.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public ReadOnlySpan<byte> Read(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new InvalidDataException($"a block ends {count - _rest.Length} bytes too early");
        }

        ReadOnlySpan<byte> read = _rest[..count];
        _rest = _rest[count..];
        return read;
    }

    public byte ReadByte() => Read(1)[0];

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Read(sizeof(long)));

    /// <summary>Reads a count.</summary>
    /// <exception cref="InvalidDataException">It is negative or above the limit.</exception>
    public int ReadCount(int most)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(Read(sizeof(int)));
        return count >= 0 && count <= most ? count : throw new InvalidDataException($"a block says that it has {count} of what there are at most {most}");
    }
}
