using System.Buffers.Binary;
using System.IO.Compression;
using FastTrainLog.Platform;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Columns;

/// <summary>Reads the lines of a file that stores them as columns.</summary>
/// <remarks>Not thread-safe. What precedes a damage is returned before it is reported.</remarks>
internal sealed class ColumnFileReader : ForwardStream
{
    // Brotli makes of a few bytes many: a block takes no more memory than this, whatever its file says.
    private const int MostColumnBytes = 4 * LineBlock.MostBytes;

    private readonly Stream _file;
    private readonly bool _leaveOpen;
    // The memory of a reader that is done with, for the next one: some megabytes, which the collector would leave for long. It takes them when it needs memory.
    private static WeakReference<Memory>? _spare;

    private Memory? _memory;
    private int _read;
    private bool _hasBegun;
    private bool _isAtEnd;

    /// <param name="file">The file, at its beginning; it can seek.</param>
    /// <param name="leaveOpen">Whether it stays open when this object is disposed of.</param>
    public ColumnFileReader(Stream file, bool leaveOpen = false)
    {
        _file = file;
        _leaveOpen = leaveOpen;
    }

    /// <summary>Returns the bytes that the lines of a file begin with.</summary>
    /// <param name="file">The first bytes of the file.</param>
    /// <returns>The bytes, as far as they are there; none if it is not such a file.</returns>
    public static ReadOnlySpan<byte> BeginningOf(ReadOnlySpan<byte> file)
    {
        int head = ColumnFile.Magic.Length + sizeof(int);
        if (file.Length < head || !file.StartsWith(ColumnFile.Magic))
        {
            return default;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(file[ColumnFile.Magic.Length..]);
        return file.Slice(head, Math.Clamp(length, 0, Math.Min(ColumnFile.MostBeginning, file.Length - head)));
    }

    /// <summary>Reads bytes of the lines.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_read == Lines.Length && !ReadBlock(skipped: 0, out _)))
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, Lines.Length - _read);
        Lines.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    /// <summary>Skips bytes of the lines; blocks that are skipped as a whole are not unpacked.</summary>
    /// <param name="bytes">How many.</param>
    /// <returns>How many were skipped: fewer if the lines end before.</returns>
    /// <exception cref="InvalidDataException">The file is damaged or cut off.</exception>
    public long Skip(long bytes)
    {
        long left = bytes;
        while (left > 0)
        {
            if (_read < Lines.Length)
            {
                int count = (int)Math.Min(left, Lines.Length - _read);
                _read += count;
                left -= count;
            }
            else if (ReadBlock(left, out int passed))
            {
                left -= passed;
            }
            else
            {
                break;
            }
        }

        return bytes - left;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen)
        {
            _file.Dispose();
        }

        if (disposing && _memory is { } memory)
        {
            _memory = null;
            (_read, _isAtEnd) = (0, true);
            Volatile.Write(ref _spare, new WeakReference<Memory>(memory));
        }

        base.Dispose(disposing);
    }

    private ReadOnlySpan<byte> Lines => _memory is { } memory ? memory.Lines.Written : default;

    private static Memory TakeMemory()
    {
        if (Interlocked.Exchange(ref _spare, null) is { } spare && spare.TryGetTarget(out Memory? memory))
        {
            memory.Lines.Clear();
            return memory;
        }

        return new Memory();
    }

    // Reads the next block, or passes over it if it has no more than the bytes that are skipped.
    private bool ReadBlock(long skipped, out int passed)
    {
        passed = 0;
        ReadHead();
        byte[] head = new byte[ColumnFile.HeadBytes];
        while (!_isAtEnd)
        {
            ReadExactly(head);
            int packed = BinaryPrimitives.ReadInt32LittleEndian(head);
            int lines = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(sizeof(int)));
            if (packed is < 0 or > MostColumnBytes || lines is < 0 or > LineBlock.MostBytes || (packed == 0) != (lines == 0))
            {
                throw new InvalidDataException("it is damaged: a block has an impossible size");
            }

            if (lines > 0 && lines <= skipped)
            {
                passed = lines;
                _file.Seek(packed + ColumnFile.ChecksumBytes, SeekOrigin.Current);
                return true;
            }

            int size = head.Length + packed + ColumnFile.ChecksumBytes;
            Memory memory = _memory ??= TakeMemory();
            memory.Block = memory.Block.Length >= size ? memory.Block : new byte[size];
            Span<byte> block = memory.Block.AsSpan(0, size);
            head.CopyTo(block);
            ReadExactly(block[head.Length..]);
            if (!ColumnFile.IsSealed(block))
            {
                throw new InvalidDataException("it is damaged: the checksum of a block is wrong");
            }

            if (packed == 0)
            {
                _isAtEnd = true;
                break;
            }

            Unpack(memory, block.Slice(head.Length, packed), lines, BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(3 * sizeof(int))));
            return true;
        }

        return false;
    }

    private void Unpack(Memory memory, ReadOnlySpan<byte> packed, int length, uint checksum)
    {
        (Utf8Buffer columns, Utf8Buffer unpacked) = (memory.Columns, memory.Lines);
        columns.Clear();
        unpacked.Clear();
        _read = 0;
        using (var brotli = new BrotliDecoder())
        {
            ReadOnlySpan<byte> rest = packed[1..];
            System.Buffers.OperationStatus status;
            do
            {
                status = brotli.Decompress(rest, columns.Reserve(64 * 1024), out int consumed, out int written);
                columns.Advance(written);
                rest = rest[consumed..];
            }
            while (status == System.Buffers.OperationStatus.DestinationTooSmall && columns.Length <= MostColumnBytes);
            if (status != System.Buffers.OperationStatus.Done)
            {
                throw new InvalidDataException("it is damaged: a block cannot be decompressed");
            }
        }

        switch ((BlockForm)packed[0])
        {
            case BlockForm.Lines:
                unpacked.Append(columns.Written);
                break;
            case BlockForm.Columns:
                LineBlock.Read(columns.Written, unpacked);
                break;
            default:
                throw new InvalidDataException($"a block has the unknown form {packed[0]}: a later version of FastTrainLog wrote it");
        }

        if (unpacked.Length != length)
        {
            throw new InvalidDataException($"it is damaged: a block has {unpacked.Length} bytes instead of {length}");
        }

        if (Crc32C.Of(unpacked.Written) != checksum)
        {
            throw new InvalidDataException("the lines of a block are not made again as they were: another version of FastTrainLog wrote it, or it is damaged");
        }
    }

    private void ReadHead()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        byte[] head = new byte[ColumnFile.Magic.Length + sizeof(int) + ColumnFile.MostBeginning + ColumnFile.ChecksumBytes];
        int start = ColumnFile.Magic.Length + sizeof(int);
        ReadExactly(head.AsSpan(0, start));
        if (!head.AsSpan().StartsWith(ColumnFile.Magic))
        {
            throw new InvalidDataException(head.AsSpan().StartsWith(ColumnFile.Magic[..^1])
                ? $"it has version {head[ColumnFile.Magic.Length - 1]} of its layout, and this is FastTrainLog of version {ColumnFile.Magic[^1]}: read it with a later one"
                : "it does not begin as a file of columns does");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(ColumnFile.Magic.Length));
        if (length is < 0 or > ColumnFile.MostBeginning)
        {
            throw new InvalidDataException("it is damaged: its beginning has an impossible size");
        }

        Span<byte> rest = head.AsSpan(start, length + ColumnFile.ChecksumBytes);
        ReadExactly(rest);
        if (!ColumnFile.IsSealed(head.AsSpan(0, start + rest.Length)))
        {
            throw new InvalidDataException("it is damaged: the checksum of its beginning is wrong");
        }
    }

    private new void ReadExactly(Span<byte> bytes)
    {
        if (_file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException("it is cut off: the end of its blocks is missing");
        }
    }

    /// <summary>What a block is read and unpacked into.</summary>
    private sealed class Memory
    {
        public byte[] Block { get; set; } = [];

        public Utf8Buffer Columns { get; } = new();

        public Utf8Buffer Lines { get; } = new();
    }
}
