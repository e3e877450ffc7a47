using System.Buffers;
using FastTrainLog.Encryption;
using FastTrainLog.Files;

namespace FastTrainLog.Reading;

/// <summary>Reads the lines of one file, through one buffer that grows up to <see cref="LongestLine"/>.</summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>The bytes above which a line is skipped; the longest that the library writes is well below.</summary>
    public const int LongestLine = 8 * 1024 * 1024;

    private const int FirstBuffer = 256 * 1024;
    private const int BeginningBytes = 2048;

    private readonly FileStream _file;
    private readonly Stream _stream;

    // Rented at the first line, because many files may be open at the same time.
    private byte[] _buffer = [];
    private int _line;
    private int _lineLength;
    private int _start;
    private int _end;
    private bool _atEnd;

    // The offset of the end of the buffer, after decompression.
    private long _filled;
    private IReadOnlyList<LineSpan> _spans = LineSpan.All;
    private int _span;

    public LineReader(LogFile file)
    {
        File = file;
        _file = RegularFile.Open(file.Path, FileOptions.SequentialScan);
        _stream = file.IsCompressed ? new CompressedFile(_file) : _file;
    }

    /// <summary>Initializes a reader of a compressed file that is open already, from its start; it stays open.</summary>
    public LineReader(CompressedFile opened)
    {
        File = new LogFile(opened.File.Name, 1, 1, IsCompressed: true, 0);
        _file = opened.File;
        _file.Position = 0;
        _stream = new CompressedFile(_file, leaveOpen: true);
    }

    public LogFile File { get; }

    /// <summary>Gets how many bytes of the file were read, before decompression.</summary>
    public long Position => _file.Position;

    /// <summary>Gets the last line read, without its line feed and byte order mark; empty if it is too long.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_line, _lineLength);

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
    public string? Failure { get; private set; }

    /// <summary>Gets whether that error will be the same at the next attempt: the file is damaged, and it is not written any more.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Reads the beginning of the file, decrypted, which distinguishes it from others even after a rename.</summary>
    public byte[] Beginning()
    {
        byte[] bytes = new byte[BeginningBytes];
        return bytes[..EncryptedFile.ReadBeginning(_file.SafeFileHandle, bytes)];
    }

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
        long skipped = position.Offset - (_filled - (_end - _start));
        if (skipped <= _end - _start)
        {
            _start += (int)skipped;
            return;
        }

        skipped -= _end - _start;
        _start = _end = 0;
        _filled = position.Offset;
        if (_stream is not CompressedFile compressed)
        {
            _file.Position = position.Offset;
            return;
        }

        try
        {
            compressed.Skip(skipped);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            Failure = exception.Message;
            IsDamaged = exception is InvalidDataException;
            _atEnd = true;
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
            int feed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                Take(searched + feed, unended: false);
                return true;
            }

            searched = _end - _start;
            if (_atEnd)
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
        _stream.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _lineLength = 0;
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

    private bool EnterSpan()
    {
        long next = _filled - (_end - _start);
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
        while ((feed = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n')) < 0 && !_atEnd)
        {
            passed += _end - _start;
            _start = _end = 0;
            Fill();
        }

        Take(feed < 0 ? _end - _start : feed, unended: feed < 0);
        Length += passed;
        IsTooLong = true;
        _lineLength = 0;
    }

    private void Fill()
    {
        int kept = _end - _start;
        if (kept == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, _buffer.Length * 2));
            _buffer.AsSpan(_start, kept).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        }

        _start = 0;
        _end = kept;
        try
        {
            int read = _stream.Read(_buffer.AsSpan(_end));
            _end += read;
            _filled += read;
            _atEnd = read == 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            Failure = exception.Message;
            IsDamaged = exception is InvalidDataException;
            _atEnd = true;
        }
    }
}
