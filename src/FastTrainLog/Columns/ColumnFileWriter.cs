using System.Buffers.Binary;
using System.IO.Compression;
using FastTrainLog.Platform;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>Stores lines as columns in a file; complete once it is disposed of.</summary>
/// <remarks>
/// Each block is unpacked and compared before it is written, so that a file that is complete holds the very bytes that it was given. Not thread-safe; takes about 30 MB of memory.
/// </remarks>
internal sealed class ColumnFileWriter : Stream
{
    // Columns of a few thousand numbers: at 1 MiB a step takes 1.5 bytes more, at 11 MiB one less.
    private const int BlockBytes = 4 * 1024 * 1024;

    // The quality from which on Brotli uses more than one code in a block, which the differing columns need: 5 and 6 save 1 % more, 9 nothing, 11 another 6 % at a hundred times the time.
    private const int Quality = 5;
    private const int Window = 22;

    private readonly Stream _target;
    private readonly LineBlock _lines = new();
    private readonly Utf8Buffer _block = new(BlockBytes);
    private readonly Utf8Buffer _columns = new(BlockBytes / 8);
    private readonly Utf8Buffer _again = new(BlockBytes);
    private bool _hasBegun;

    /// <param name="target">The file, which stays open.</param>
    public ColumnFileWriter(Stream target) => _target = target;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int taken = Math.Min(buffer.Length, (_block.Length < BlockBytes ? BlockBytes : LineBlock.MostBytes) - _block.Length);
            _block.Append(buffer[..taken]);
            buffer = buffer[taken..];
            int end = _block.Length < BlockBytes ? -1 : _block.Written.LastIndexOf((byte)'\n');
            if (end >= 0 || _block.Length >= LineBlock.MostBytes)
            {
                // A line that is as long as the longest block is cut: what is stored are bytes.
                WriteBlock(end >= 0 ? end + 1 : _block.Length);
            }
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (_block.Length > 0)
            {
                WriteBlock(_block.Length);
            }

            Begin(default);
            byte[] end = new byte[ColumnFile.HeadBytes + ColumnFile.ChecksumBytes];
            ColumnFile.Seal(end);
            _target.Write(end);
        }

        base.Dispose(disposing);
    }

    private void Begin(ReadOnlySpan<byte> lines)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        ReadOnlySpan<byte> beginning = lines[..Math.Min(lines.Length, ColumnFile.MostBeginning)];
        byte[] head = [.. ColumnFile.Magic, .. new byte[sizeof(int)], .. beginning, .. new byte[ColumnFile.ChecksumBytes]];
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(ColumnFile.Magic.Length), beginning.Length);
        ColumnFile.Seal(head);
        _target.Write(head);
    }

    private void WriteBlock(int length)
    {
        ReadOnlySpan<byte> lines = _block.Written[..length];
        Begin(lines);
        _columns.Clear();
        _lines.Write(lines, _columns);
        byte[] packed = IsMadeAgain(lines) ? Pack(lines, BlockForm.Columns, _columns.Written) : Pack(lines, BlockForm.Lines, lines);
        _target.Write(packed);
        byte[] rest = _block.Written[length..].ToArray();
        _block.Clear();
        _block.Append(rest);
    }

    private bool IsMadeAgain(ReadOnlySpan<byte> lines)
    {
        _again.Clear();
        try
        {
            LineBlock.Read(_columns.Written, _again);
        }
        catch (InvalidDataException)
        {
            // Lines beyond the limits of a reader, such as one of 32 MiB.
            return false;
        }

        return _again.Written.SequenceEqual(lines);
    }

    private static byte[] Pack(ReadOnlySpan<byte> lines, BlockForm form, ReadOnlySpan<byte> content)
    {
        byte[] packed = new byte[ColumnFile.HeadBytes + 1 + BrotliEncoder.GetMaxCompressedLength(content.Length) + ColumnFile.ChecksumBytes];
        packed[ColumnFile.HeadBytes] = (byte)form;
        if (!BrotliEncoder.TryCompress(content, packed.AsSpan(ColumnFile.HeadBytes + 1), out int written, Quality, Window))
        {
            throw new InvalidOperationException($"{content.Length} bytes could not be compressed.");
        }

        BinaryPrimitives.WriteInt32LittleEndian(packed, 1 + written);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(sizeof(int)), lines.Length);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(2 * sizeof(int)), lines.Count((byte)'\n'));
        // Of the lines too: a reader whose numbers have another text, as a later version's may, says so rather than to change them.
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(3 * sizeof(int)), Crc32C.Of(lines));
        packed = packed[..(ColumnFile.HeadBytes + 1 + written + ColumnFile.ChecksumBytes)];
        ColumnFile.Seal(packed);
        return packed;
    }
}
