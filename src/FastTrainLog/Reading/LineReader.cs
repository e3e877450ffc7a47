using System.Buffers;
using System.IO.Compression;

namespace FastTrainLog.Reading;

/// <summary>Reads the lines of one file, through one buffer that grows up to <see cref="LongestLine"/>.</summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>The bytes beyond which a line is passed over; the longest that the library writes is well below.</summary>
    public const int LongestLine = 8 * 1024 * 1024;

    private const int FirstBuffer = 256 * 1024;
    private const int BeginningBytes = 1024;

    private readonly FileStream _file;
    private readonly Stream _stream;

    // Rented at the first line: many files may wait, all open.
    private byte[] _buffer = [];
    private int _line;
    private int _lineLength;
    private int _start;
    private int _end;
    private bool _atEnd;

    public LineReader(LogFile file)
    {
        File = file;
        _file = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        _stream = file.IsCompressed ? new GZipStream(_file, CompressionMode.Decompress) : _file;
    }

    public LogFile File { get; }

    /// <summary>Gets how many bytes of the file were read, compressed where it is.</summary>
    public long Position => _file.Position;

    /// <summary>Gets the line that was read last, without its line feed; empty where it is too long.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_line, _lineLength);

    /// <summary>Gets how long that line is; more than <see cref="Current"/> where it is too long.</summary>
    public long Length { get; private set; }

    /// <summary>Gets its number, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Gets where it begins, in bytes from the start, after decompression.</summary>
    public long Offset { get; private set; }

    /// <summary>Gets whether the file ends with it, without a line feed.</summary>
    public bool IsUnended { get; private set; }

    /// <summary>Gets what stopped the reading before the end of the file, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>Reads how the file begins, which tells it from others, whatever it is called by now.</summary>
    public byte[] Beginning()
    {
        byte[] bytes = new byte[BeginningBytes];
        return bytes[..RandomAccess.Read(_file.SafeFileHandle, bytes, fileOffset: 0)];
    }

    /// <summary>Goes to the next line.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        Offset += Line == 0 ? 0 : Length + 1;
        Length = 0;
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

    private void Take(int length, bool unended)
    {
        _line = _start;
        _lineLength = length;
        Length = length;
        IsUnended = unended;
        _start += unended ? length : length + 1;
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
            _atEnd = read == 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            Failure = exception.Message;
            _atEnd = true;
        }
    }
}
