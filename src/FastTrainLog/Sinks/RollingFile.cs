using FastTrainLog.Journals;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Sinks;

/// <summary>A file that is appended to and rotated by size and time: <c>main.log</c> becomes <c>main.log.1</c>, that <c>main.log.2</c>, and so on.</summary>
/// <remarks>
/// Not thread-safe. A line is never split between two files. Bytes that could not be written stay in the buffer and are tried
/// again by the next <see cref="Flush"/>. A file that was deleted, moved or cut short from outside is noticed by the next
/// <see cref="Flush"/> and made anew; no record costs a look at the file system.
/// </remarks>
internal sealed class RollingFile : IDisposable
{
    private const int BufferSize = 64 * 1024;

    // Of a log that writes more than it can flush in time. Waking the thread that writes takes time of its own, so blocks are large.
    private const int BlockSize = 2 * 1024 * 1024;

    // The two blocks of a file that was closed, for the next one of the process that needs some.
    private const int MostSpareBlocks = 2;
    private static readonly Stack<byte[]> SpareBlocks = new(MostSpareBlocks);

    private readonly string _path;
    private readonly long _maxSize;
    private readonly RotationClock? _clock;
    private readonly FileInfo _found;
    private readonly BlockWriter _writer = new();
    private byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private int _bufferedLines;

    // What the buffer held before: being written by another thread, or waiting for another try.
    private byte[] _block = [];
    private int _blockBytes;
    private int _blockLines;
    private SafeFileHandle? _handle;
    private Journal? _journal;
    private int _journalNumber;
    private bool _replacedSinceCheckpoint;

    public RollingFile(string path, long maxSize, int backups, RotationClock? clock = null)
    {
        _path = System.IO.Path.GetFullPath(path);
        _maxSize = maxSize;
        _clock = clock;
        Rotated = new RotatedFiles(_path, backups);
        _found = new FileInfo(_path);
        Open();
        Rotated.CleanUp();
        if (Length > 0)
        {
            // What is there belongs to the period of its last line.
            _found.Refresh();
            _clock?.Begin(_found.LastWriteTimeUtc.Ticks);
        }
    }

    /// <summary>Gets the full path.</summary>
    public string Path => _path;

    /// <summary>Gets the files that were rotated out of it.</summary>
    public RotatedFiles Rotated { get; }

    /// <summary>Gets the bytes that the file holds.</summary>
    public long Length { get; private set; }

    /// <summary>Gets how often the file was rotated.</summary>
    public uint Rotations { get; private set; }

    /// <summary>Gets how often something else was found in the place of the file, and the file made anew.</summary>
    public uint Replacements { get; private set; }

    /// <summary>Gets or sets what is called before the file is made anew; its directory is there by then.</summary>
    public Action? BeforeMadeAnew { get; set; }

    /// <summary>Gets or sets whether a full file is rotated.</summary>
    public bool MayRotate { get; set; } = true;

    /// <summary>Has rotations and replacements from here on noted in a journal, under the file's number there.</summary>
    public void NoteChangesIn(Journal journal, int number)
    {
        _journal = journal;
        _journalNumber = number;
        (Rotations, Replacements, _replacedSinceCheckpoint) = (0, 0, false);
        journal.AddFile(number, _path);
    }

    /// <summary>Appends a line.</summary>
    /// <param name="line">The line, its end included.</param>
    /// <param name="time">The time that it bears, in UTC ticks: it decides about rotation by time.</param>
    public void Append(ReadOnlySpan<byte> line, long time = 0)
    {
        if (_clock is not null && _clock.IsOver(time))
        {
            BeginPeriod(time);
        }

        if (WouldOutgrow(line.Length) && MayRotate)
        {
            Flush();
            if (WouldOutgrow(line.Length))
            {
                Rotate();
            }
        }

        if (_buffered + line.Length > _buffer.Length)
        {
            WriteBehind();
            if (line.Length > _buffer.Length)
            {
                Array.Resize(ref _buffer, line.Length);
            }
        }

        line.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += line.Length;
        _bufferedLines++;
    }

    /// <summary>Writes what is buffered, to a new file where the old one is not in its place any more.</summary>
    public void Flush()
    {
        AwaitBlock();
        if (_handle is null || !IsInPlace())
        {
            Close();
            OpenAnew();
        }

        // Written at our own end, so that a write that failed half-way is overwritten by the next try.
        if (_blockBytes > 0)
        {
            RandomAccess.Write(_handle!, _block.AsSpan(0, _blockBytes), Length);
            EndBlock();
        }

        if (_buffered > 0)
        {
            RandomAccess.Write(_handle!, _buffer.AsSpan(0, _buffered), Length);
            Length += _buffered;
            _buffered = 0;
            _bufferedLines = 0;
        }
    }

    /// <summary>Has what is buffered written by another thread, so that this one can go on with the next lines.</summary>
    private void WriteBehind()
    {
        AwaitBlock();
        if (_blockBytes > 0 || _handle is null || !IsInPlace())
        {
            Flush();
            return;
        }

        if (_buffered == 0)
        {
            return;
        }

        (_block, _buffer) = (_buffer, _block.Length < BlockSize ? TakeBlock() : _block);
        (_blockBytes, _blockLines, _buffered, _bufferedLines) = (_buffered, _bufferedLines, 0, 0);
        _writer.Begin(_handle, _block.AsMemory(0, _blockBytes), Length);
    }

    private void AwaitBlock()
    {
        if (_blockBytes > 0 && _writer.Await())
        {
            EndBlock();
        }
    }

    private void EndBlock()
    {
        Length += _blockBytes;
        _blockBytes = 0;
        _blockLines = 0;
    }

    /// <summary>Says that a checkpoint covers what was done so far.</summary>
    public void Settle()
    {
        _replacedSinceCheckpoint = false;
        Rotated.Settle();
    }

    /// <summary>Writes what is buffered and closes the file.</summary>
    /// <exception cref="IOException">Lines could not be written and are lost; the message says how many.</exception>
    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && _blockLines + _bufferedLines > 0)
        {
            throw new IOException($"{_blockLines + _bufferedLines} lines of {_path} could not be written and are lost: {exception.Message}", exception);
        }
        finally
        {
            _writer.Dispose();
            Close();
            (_buffered, _bufferedLines, _blockBytes, _blockLines) = (0, 0, 0, 0);
            Keep(ref _buffer);
            Keep(ref _block);
        }
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

    private void BeginPeriod(long time)
    {
        if (LengthWhenWritten > 0)
        {
            if (!MayRotate)
            {
                return;
            }

            Flush();
            Rotate();
        }

        _clock!.Begin(time);
    }

    private long LengthWhenWritten => Length + _blockBytes + _buffered;

    private bool WouldOutgrow(int bytes) => _maxSize > 0 && LengthWhenWritten > 0 && LengthWhenWritten + bytes > _maxSize;

    private void Open()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        _handle = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
        if (Length > 0 && !EndsWithLine())
        {
            // A line that was cut short, on a full disk say, must not take the next one with it.
            RandomAccess.Write(_handle, "\n"u8, Length);
            Length++;
        }
    }

    private bool EndsWithLine()
    {
        try
        {
            using SafeFileHandle reader = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte last = 0;
            return RandomAccess.Read(reader, new Span<byte>(ref last), Length - 1) == 0 || last == (byte)'\n';
        }
        catch (UnauthorizedAccessException)
        {
            // A file that may be written and not read.
            return true;
        }
    }

    private void OpenAnew()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        BeforeMadeAnew?.Invoke();
        Open();
        if (!_replacedSinceCheckpoint)
        {
            // A recovery must know that the length in the checkpoint was another file's, before anything is written to this one.
            // Of several in a row the first counts: the files after it are younger than the checkpoint in any case.
            _replacedSinceCheckpoint = true;
            Replacements++;
            _journal?.NoteReplacement(_journalNumber, Replacements, Rotations, Length);
        }
    }

    /// <summary>Returns whether what stands at the path is the file that is written, and as long as it was left.</summary>
    private bool IsInPlace()
    {
        long length = RandomAccess.GetLength(_handle!);
        _found.Refresh();
        // Files are told apart by their lengths: nobody but this log appends to its file. A link has a length of its own.
        return length >= Length && _found.Exists && (_found.Length == length || (_found.Attributes & FileAttributes.ReparsePoint) != 0);
    }

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }

    private void Rotate()
    {
        _journal?.BeginRotation(_journalNumber, Rotations + 1);
        Close();
        Rotated.Add();
        Length = 0;
        Rotations++;
        _journal?.EndRotation(_journalNumber, Rotations);
        Open();
    }
}
