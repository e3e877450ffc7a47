using FastTrainLog.Encryption;
using FastTrainLog.Files;

namespace FastTrainLog.Reading;

/// <summary>Reads the lines of one file, block by block.</summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>The bytes above which a line is skipped; the longest that the library writes is well below.</summary>
    public const int LongestLine = 8 * 1024 * 1024;

    private const int BeginningBytes = 2048;

    private readonly FileStream _file;
    private readonly Stream _stream;

    private readonly ReadBlocks _blocks;
    private ReadBlock _block;
    private Task<ReadBlock>? _ahead;
    private int _line;
    private int _lineLength;
    private int _start;
    private IReadOnlyList<LineSpan> _spans = LineSpan.All;
    private int _span;
    private bool _isDisposed;

    /// <param name="file">The file.</param>
    /// <param name="blocks">The memory, which it shares with readers that are not used at the same time; null for its own.</param>
    public LineReader(LogFile file, ReadBlocks? blocks = null)
    {
        _blocks = blocks ?? new ReadBlocks(readsAhead: false);
        _block = _blocks.Take();
        File = file;
        _file = RegularFile.Open(file.Path, FileOptions.SequentialScan);
        _stream = file.IsCompressed ? new CompressedFile(_file) : _file;
    }

    /// <summary>Initializes a reader of a compressed file that is open already, from its start; it stays open.</summary>
    public LineReader(CompressedFile opened)
    {
        _blocks = new ReadBlocks(readsAhead: false);
        _block = _blocks.Take();
        File = new LogFile(opened.File.Name, 1, 1, IsCompressed: true, 0);
        _file = opened.File;
        _file.Position = 0;
        _stream = new CompressedFile(_file, leaveOpen: true);
    }

    public LogFile File { get; }

    /// <summary>Gets how many bytes of the file were read, before decompression.</summary>
    public long Position => _block.Position;

    /// <summary>Gets the last line read, without its line feed and byte order mark; empty if it is too long.</summary>
    public ReadOnlySpan<byte> Current => _block.Bytes.AsSpan(_line, _lineLength);

    /// <summary>Gets the record that it was read as in advance; null if it has to be read, or is none.</summary>
    public RecordTable? Record => _block.RecordOf(_line, _lineLength);

    /// <summary>Gets the length of that line in the file.</summary>
    public long Length { get; private set; }

    /// <summary>Gets whether that line is longer than <see cref="LongestLine"/>.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Gets its number, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Gets its offset in bytes from the start, after decompression.</summary>
    public long Offset { get; private set; }

    /// <summary>Gets whether the file ends with it, without a line feed.</summary>
    public bool IsUnended { get; private set; }

    /// <summary>Gets the position of the next line.</summary>
    public LinePosition Next => Line == 0 ? default : new(Offset + Length + 1, Line);

    /// <summary>Gets the file if it is not compressed, or null.</summary>
    public FileStream? Plain => File.IsCompressed ? null : _file;

    /// <summary>Gets or sets how many pieces of it were found that are not records.</summary>
    public int Damages { get; set; }

    /// <summary>Gets the error that stopped the reading before the end of the file, or null.</summary>
    public string? Failure => _block.Failure?.Message;

    /// <summary>Gets whether that error will be the same at the next attempt: the file is damaged, and it is not written any more.</summary>
    public bool IsDamaged => _block.Failure is InvalidDataException;

    /// <summary>Reads the beginning of the file, decrypted, which distinguishes it from others even after a rename.</summary>
    public byte[] Beginning()
    {
        byte[] bytes = new byte[BeginningBytes];
        return bytes[..EncryptedFile.ReadBeginning(_file.SafeFileHandle, bytes)];
    }

    /// <summary>Gets why the file cannot be decrypted for lack of its key; null if it can be, or need not.</summary>
    public string? MissingKey => File.IsCompressed ? EncryptedFile.MissingKeyOf(_file.SafeFileHandle) : null;

    /// <summary>Gets whether the file has been deleted since it was opened.</summary>
    public bool IsDeleted => FileSystem.StatusOf(_file.SafeFileHandle).Links == 0;

    /// <summary>Reads some bytes of the file if it is not compressed, independent of the reading position.</summary>
    public int ReadAt(long offset, Span<byte> bytes) => RandomAccess.Read(_file.SafeFileHandle, bytes, offset);

    /// <summary>Restricts what is read to some lines.</summary>
    /// <param name="spans">The lines, in their order.</param>
    public void Restrict(IReadOnlyList<LineSpan> spans) => (_spans, _span) = (spans, 0);

    /// <summary>Moves to the beginning of a line that is not before the next one.</summary>
    public void SkipTo(LinePosition position)
    {
        (Offset, Line, Length) = (position.Offset, position.Lines, position.Lines == 0 ? 0 : -1);
        long skipped = position.Offset - NextOffset;
        if (skipped > _block.Length - _start)
        {
            _blocks.NoteGap();
            while (_ahead is not null)
            {
                Fill();
            }

            skipped = position.Offset - NextOffset;
        }

        if (skipped <= _block.Length - _start)
        {
            _start += (int)skipped;
            return;
        }

        skipped -= _block.Length - _start;
        _start = 0;
        if (_stream is not CompressedFile compressed)
        {
            _file.Position = position.Offset;
            _block.Clear(position.Offset, position.Offset);
            return;
        }

        try
        {
            compressed.Skip(skipped);
            _block.Clear(position.Offset, _file.Position);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            _block.Clear(position.Offset, _file.Position, exception);
        }
    }

    /// <summary>Moves to the next line.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        if (!EnterSpan())
        {
            return false;
        }

        Offset += Line == 0 ? 0 : Length + 1;
        Length = 0;
        IsTooLong = false;
        Line++;
        int searched = 0;
        while (true)
        {
            int feed = _block.Bytes.AsSpan(_start + searched, _block.Length - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                Take(searched + feed, unended: false);
                return true;
            }

            searched = _block.Length - _start;
            if (_block.IsLast)
            {
                Take(searched, unended: true);
                return searched > 0;
            }

            if (searched >= LongestLine)
            {
                PassOver();
                return true;
            }

            Fill();
        }
    }

    public void Dispose()
    {
        if (_ahead is { } ahead)
        {
            // It reads the file; what becomes of it does not matter.
            Task.WaitAny(ahead);
            _ahead = null;
        }

        _stream.Dispose();
        if (!_isDisposed)
        {
            _isDisposed = true;
            _blocks.Return(_block);
            _lineLength = 0;
        }
    }

    /// <summary>Returns a line without byte order marks, U+FEFF, which some editors and shells write at the beginning of a file, or of data that they append: each of them its own.</summary>
    public static ReadOnlySpan<byte> WithoutMarks(ReadOnlySpan<byte> line)
    {
        while (line is [0xEF, 0xBB, 0xBF, ..])
        {
            line = line[3..];
        }

        return line;
    }

    // Where the bytes begin that are not read yet.
    private long NextOffset => _block.End - (_block.Length - _start);

    private bool EnterSpan()
    {
        long next = NextOffset;
        while (_span < _spans.Count && _spans[_span].End <= next)
        {
            _span++;
        }

        if (_span == _spans.Count)
        {
            return false;
        }

        if (_spans[_span].Begin.Offset > next)
        {
            SkipTo(_spans[_span].Begin);
        }

        return true;
    }

    private void Take(int length, bool unended)
    {
        _line = _start;
        _lineLength = length;
        Length = length;
        IsUnended = unended;
        _start += unended ? length : length + 1;
        int marks = _lineLength - WithoutMarks(Current).Length;
        _line += marks;
        _lineLength -= marks;
    }

    private void PassOver()
    {
        long passed = 0;
        int feed;
        while ((feed = _block.Bytes.AsSpan(_start, _block.Length - _start).IndexOf((byte)'\n')) < 0 && !_block.IsLast)
        {
            passed += _block.Length - _start;
            Fill();
            _start = _block.Kept;
        }

        Take(feed < 0 ? _block.Length - _start : feed, unended: feed < 0);
        Length += passed;
        IsTooLong = true;
        _lineLength = 0;
    }

    private void Fill()
    {
        ReadBlock before = _block;
        if (_ahead is { } ahead)
        {
            _ahead = null;
            _block = ahead.GetAwaiter().GetResult();
        }
        else
        {
            _block = _blocks.Take();
            _block.Read(before, _stream, _file);
        }

        _blocks.Return(before);
        _start = 0;
        _ahead = _blocks.BeginRead(_block, _stream, _file);
    }
}
