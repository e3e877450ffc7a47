using FastTrainLog.Columns;
using FastTrainLog.Encryption;
using FastTrainLog.Sinks;

namespace FastTrainLog.Reading;

/// <summary>The lines of a compressed file, gzip or columns as its name says, encrypted or not; a truncated or damaged one is noticed.</summary>
internal sealed class CompressedFile : ForwardStream
{
    private const int PieceBytes = 64 * 1024;

    private readonly ForwardStream _lines;

    /// <param name="file">The file, at its beginning.</param>
    /// <param name="leaveOpen">Whether it stays open when this object is disposed of.</param>
    public CompressedFile(FileStream file, bool leaveOpen = false)
    {
        File = file;
        Stream content = EncryptedFile.ContentOf(file, leaveOpen);
        _lines = IsColumns(file.Name) ? new ColumnFileReader(content, leaveOpen && content == file) : new GzipFile(content, leaveOpen && content == file);
    }

    public FileStream File { get; }

    /// <summary>Gets whether lines are skipped without decompressing them.</summary>
    public bool SkipsBlocks => _lines is ColumnFileReader;

    /// <summary>Returns whether a name is that of a compressed file.</summary>
    public static bool IsOne(string name) => IsColumns(name) || name.EndsWith(BackupEncoding.GzipExtension, StringComparison.Ordinal);

    /// <summary>Returns the first bytes of the lines of a file.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="file">Its first bytes, decrypted.</param>
    /// <param name="most">The maximum number of bytes.</param>
    public static byte[] BeginningOf(string name, byte[] file, int most)
    {
        if (IsColumns(name))
        {
            ReadOnlySpan<byte> lines = ColumnFileReader.BeginningOf(file);
            return lines[..Math.Min(lines.Length, most)].ToArray();
        }

        byte[] bytes = new byte[most];
        int count = 0;
        try
        {
            using var stream = new System.IO.Compression.GZipStream(new MemoryStream(file), System.IO.Compression.CompressionMode.Decompress);
            count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            // The stream gets only the beginning of the file, so its end is missing.
        }

        return bytes[..count];
    }

    /// <summary>Reads decompressed data.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or truncated; what precedes the damage was returned.</exception>
    public override int Read(Span<byte> buffer) => _lines.Read(buffer);

    /// <summary>Skips decompressed data: without decompressing it, where the format allows it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or truncated.</exception>
    public void Skip(long bytes)
    {
        if (_lines is ColumnFileReader columns)
        {
            columns.Skip(bytes);
            return;
        }

        byte[] piece = new byte[PieceBytes];
        int read;
        while (bytes > 0 && (read = _lines.Read(piece.AsSpan(0, (int)Math.Min(piece.Length, bytes)))) > 0)
        {
            bytes -= read;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _lines.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool IsColumns(string name) => name.EndsWith(ColumnFile.Extension, StringComparison.Ordinal);
}
