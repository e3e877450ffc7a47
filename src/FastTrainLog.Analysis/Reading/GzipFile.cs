using System.IO.Compression;
using FastTrainLog.Columns;

namespace FastTrainLog.Reading;

/// <summary>Reads a compressed file, and detects whether it is truncated.</summary>
/// <remarks>
/// <see cref="GZipStream"/> treats the end of its input as the end of the data, even if it is premature. So after the file's last byte it gets a
/// compressed member of our own, as in files of several members: only after a complete member, with its checksum and its length, does it begin
/// another. If ours is not decompressed, the end of the file's last member is missing.
/// </remarks>
internal sealed class GzipFile : ForwardStream
{
    private const string CutOff = "it is cut off: the end of the compressed data is missing";

    private static readonly byte[] Mark = Guid.NewGuid().ToByteArray();
    private static readonly byte[] CompressedMark = Compress(Mark);

    private readonly Input _input;
    private readonly GZipStream _gzip;
    private bool _isAtEnd;

    /// <param name="file">The file.</param>
    /// <param name="leaveOpen">Whether it stays open when this object is disposed of.</param>
    public GzipFile(Stream file, bool leaveOpen = false)
    {
        _input = new Input(file, leaveOpen);
        _gzip = new GZipStream(_input, CompressionMode.Decompress);
    }

    /// <summary>Reads decompressed data.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or truncated; what precedes the damage was returned.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_isAtEnd || buffer.IsEmpty)
        {
            return 0;
        }

        int read = 0;
        try
        {
            read = _gzip.Read(buffer);
        }
        catch (InvalidDataException) when (_input.IsAtMark)
        {
            throw new InvalidDataException(CutOff);
        }

        if (!_input.IsAtMark)
        {
            return read > 0 ? read : throw new InvalidDataException("data that is not compressed follows its end");
        }

        // The file's next bytes are read only when all decompressed data was returned.
        _isAtEnd = true;
        return IsMark(buffer[..read]) ? 0 : throw new InvalidDataException(_input.IsEmpty ? "it is empty, so it is not a compressed file" : CutOff);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    // A caller with a small buffer reads the mark in pieces.
    private bool IsMark(ReadOnlySpan<byte> first)
    {
        if (_input.IsEmpty)
        {
            return false;
        }

        byte[] output = new byte[Mark.Length + 1];
        first[..Math.Min(first.Length, output.Length)].CopyTo(output);
        int length = first.Length;
        try
        {
            int read;
            while (length > 0 && length < output.Length && (read = _gzip.Read(output.AsSpan(length))) > 0)
            {
                length += read;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }

        return length == Mark.Length && output.AsSpan(0, length).SequenceEqual(Mark);
    }

    /// <summary>The file's bytes, and then the compressed mark.</summary>
    private sealed class Input(Stream file, bool leaveOpen) : ForwardStream
    {
        private int _marked;

        public bool IsAtMark { get; private set; }

        public bool IsEmpty { get; private set; } = true;

        public override int Read(Span<byte> buffer)
        {
            int read = IsAtMark ? 0 : file.Read(buffer);
            if (read > 0)
            {
                IsEmpty = false;
                return read;
            }

            IsAtMark = true;
            read = Math.Min(buffer.Length, CompressedMark.Length - _marked);
            CompressedMark.AsSpan(_marked, read).CopyTo(buffer);
            _marked += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !leaveOpen)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
