using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>The lines not yet written to a file: those added last, and before them a block, which another thread writes.</summary>
/// <remarks>Not thread-safe. Its memory is allocated once, and reused by the next file of the process.</remarks>
internal sealed class PendingLines : IDisposable
{
    /// <summary>The bytes of a block. Waking the writing thread takes time, so blocks are large.</summary>
    public const int BlockSize = 2 * 1024 * 1024;

    private const int BufferSize = 64 * 1024;

    // The two buffers of a closed file, for reuse.
    private const int MostSpareBlocks = 2;
    private static readonly Stack<byte[]> SpareBlocks = new(MostSpareBlocks);

    private readonly BlockWriter _writer = new();
    private byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private int _bufferedLines;

    // The previous buffer: being written by another thread, or waiting for a retry.
    private byte[] _block = [];
    private int _blockBytes;
    private int _blockLines;

    /// <summary>Gets the size of all lines in bytes.</summary>
    public int Bytes => _blockBytes + _buffered;

    /// <summary>Gets the block; empty if there is none.</summary>
    public ReadOnlySpan<byte> Block => _block.AsSpan(0, _blockBytes);

    /// <summary>Gets the lines after the block.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(0, _buffered);

    /// <summary>Returns whether a line can be added without enlarging the buffer.</summary>
    public bool HasRoomFor(int bytes) => _buffered + bytes <= _buffer.Length;

    /// <summary>Enlarges the buffer for a line that is larger than it, or of a file that cannot be written.</summary>
    public void MakeRoomFor(int bytes, int most) => Array.Resize(ref _buffer, Math.Max(_buffered + bytes, Math.Min(2 * _buffer.Length, most)));

    /// <summary>Adds a line, for which there must be space.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        line.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += line.Length;
        _bufferedLines++;
    }

    /// <summary>Turns the lines into the block; there must be none.</summary>
    public void MakeBlock()
    {
        (_block, _buffer) = (_buffer, _block.Length < BlockSize ? TakeBlock() : _block);
        (_blockBytes, _blockLines, _buffered, _bufferedLines) = (_buffered, _bufferedLines, 0, 0);
    }

    /// <summary>Has another thread write the block.</summary>
    public void WriteBlock(SafeFileHandle file, long position) => _writer.Begin(file, _block.AsMemory(0, _blockBytes), position);

    /// <summary>Waits for that thread.</summary>
    /// <returns>Whether it has written the block; if not, it may have written a part.</returns>
    public bool AwaitBlock() => _writer.Await();

    /// <summary>Removes the block.</summary>
    public void EndBlock() => (_blockBytes, _blockLines) = (0, 0);

    /// <summary>Removes the lines after the block.</summary>
    public void EndBuffered()
    {
        (_buffered, _bufferedLines) = (0, 0);
        if (_buffer.Length > BlockSize)
        {
            // Enlarged while the file could not be written.
            _buffer = TakeBlock();
        }
    }

    /// <summary>Removes all lines.</summary>
    /// <returns>Their number.</returns>
    public int Clear()
    {
        int lines = _blockLines + _bufferedLines;
        (_buffered, _bufferedLines, _blockBytes, _blockLines) = (0, 0, 0, 0);
        return lines;
    }

    /// <summary>Ends the thread, and leaves the memory to the next file.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        Keep(ref _buffer);
        Keep(ref _block);
    }

    private static byte[] TakeBlock()
    {
        lock (SpareBlocks)
        {
            return SpareBlocks.TryPop(out byte[]? spare) ? spare : new byte[BlockSize];
        }
    }

    private static void Keep(ref byte[] block)
    {
        lock (SpareBlocks)
        {
            if (block.Length == BlockSize && SpareBlocks.Count < MostSpareBlocks)
            {
                SpareBlocks.Push(block);
            }
        }

        block = [];
    }
}
