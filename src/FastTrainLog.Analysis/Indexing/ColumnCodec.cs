using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace FastTrainLog.Indexing;

/// <summary>Writes columns of numbers as bytes: integers as differences, floating-point numbers by byte planes, all compressed with Brotli.</summary>
/// <remarks>The high bytes of neighbouring values are similar; in byte planes they are adjacent, which compresses well.</remarks>
internal sealed class ColumnWriter
{
    // The fastest quality that still finds repetitions.
    private const int Quality = 1;
    private const int Window = 18;
    private const int MostOfInteger = 10;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void Write(ReadOnlySpan<long> values)
    {
        Span<byte> bytes = _bytes.GetSpan(values.Length * MostOfInteger);
        int length = 0;
        long last = 0;
        long difference = 0;
        foreach (long value in values)
        {
            // Differences of differences: steps mostly increase by a constant, so these are mostly zero.
            long change = unchecked(value - last - difference);
            difference = unchecked(value - last);
            last = value;
            ulong rest = unchecked((ulong)((change << 1) ^ (change >> 63)));
            for (; rest >= 0x80; rest >>= 7)
            {
                bytes[length++] = (byte)(rest | 0x80);
            }

            bytes[length++] = (byte)rest;
        }

        _bytes.Advance(length);
    }

    public void Write(ReadOnlySpan<double> values)
    {
        Span<byte> planes = _bytes.GetSpan(values.Length * sizeof(double));
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(values[i]);
            for (int plane = 0; plane < sizeof(double); plane++)
            {
                planes[(plane * values.Length) + i] = (byte)(bits >> (8 * plane));
            }
        }

        _bytes.Advance(values.Length * sizeof(double));
    }

    /// <summary>Returns the written values, compressed, and starts a new block.</summary>
    public byte[] Take()
    {
        byte[] compressed = new byte[sizeof(int) + BrotliEncoder.GetMaxCompressedLength(_bytes.WrittenCount)];
        BinaryPrimitives.WriteInt32LittleEndian(compressed, _bytes.WrittenCount);
        if (!BrotliEncoder.TryCompress(_bytes.WrittenSpan, compressed.AsSpan(sizeof(int)), out int length, Quality, Window))
        {
            throw new InvalidOperationException($"{_bytes.WrittenCount} bytes of an index could not be compressed.");
        }

        _bytes.ResetWrittenCount();
        return compressed[..(sizeof(int) + length)];
    }
}

/// <summary>Reads what <see cref="ColumnWriter"/> wrote.</summary>
internal ref struct ColumnReader
{
    private const int MostBytes = 16 * 1024 * 1024;

    private ReadOnlySpan<byte> _bytes;

    public ColumnReader(ReadOnlySpan<byte> compressed)
    {
        int length = compressed.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(compressed);
        byte[] bytes = length is >= 0 and <= MostBytes ? new byte[length] : throw new InvalidDataException($"A block of the index has the invalid length of {length} bytes.");
        if (!BrotliDecoder.TryDecompress(compressed[sizeof(int)..], bytes, out int written) || written != length)
        {
            throw new InvalidDataException("A block of the index cannot be decompressed.");
        }

        _bytes = bytes;
    }

    public void Read(scoped Span<long> values)
    {
        long last = 0;
        long difference = 0;
        foreach (ref long value in values)
        {
            ulong change = ReadVariable();
            difference = unchecked(difference + ((long)(change >> 1) ^ -(long)(change & 1)));
            value = last = unchecked(last + difference);
        }
    }

    public void Read(scoped Span<double> values)
    {
        ReadOnlySpan<byte> planes = _bytes[..(values.Length * sizeof(double))];
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = 0;
            for (int plane = 0; plane < sizeof(double); plane++)
            {
                bits |= (ulong)planes[(plane * values.Length) + i] << (8 * plane);
            }

            values[i] = BitConverter.UInt64BitsToDouble(bits);
        }

        _bytes = _bytes[planes.Length..];
    }

    private ulong ReadVariable()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = _bytes[0];
            _bytes = _bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
