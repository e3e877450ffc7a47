using System.Buffers.Binary;
using FastTrainLog.Journals;
using FastTrainLog.Platform;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>A file of records as TensorFlow frames them: a length, its checksum, the bytes, their checksum.</summary>
/// <remarks>
/// https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details". The sums are CRC-32C, rotated and shifted by a
/// constant, so that the sum of bytes which hold a sum themselves is no trivial one.
/// </remarks>
internal sealed class RecordFile(Stream stream) : IDisposable
{
    private const uint MaskDelta = 0xA282EAD8;

    public void Append(ReadOnlySpan<byte> record)
    {
        Span<byte> header = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(ulong)..], MaskedCheck(header[..sizeof(ulong)]));
        stream.Write(header);
        stream.Write(record);
        Span<byte> footer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedCheck(record));
        stream.Write(footer);
    }

    public void Dispose() => stream.Dispose();

    private static uint MaskedCheck(ReadOnlySpan<byte> bytes)
    {
        uint check = Crc32C.Of(bytes);
        return ((check >> 15) | (check << 17)) + MaskDelta;
    }
}
