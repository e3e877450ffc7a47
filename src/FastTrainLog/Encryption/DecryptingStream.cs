using System.Security.Cryptography;

namespace FastTrainLog.Encryption;

/// <summary>The content of an encrypted file. Each block is authenticated when it is read; blocks that are skipped are not.</summary>
/// <remarks>Not thread-safe. What precedes a damage is returned before it is reported.</remarks>
/// <param name="file">The file.</param>
/// <param name="leaveOpen">Whether it stays open when this object is disposed of.</param>
internal sealed class DecryptingStream(FileStream file, bool leaveOpen) : Stream
{
    private readonly byte[] _header = new byte[EncryptedFile.HeaderBytes];
    private readonly byte[] _stored = new byte[EncryptedFile.StoredBlockBytes];
    private readonly byte[] _plain = new byte[EncryptedFile.BlockBytes];
    private AesGcm? _cipher;

    // The block that is decrypted.
    private long _block = -1;
    private int _count;
    private bool _isLast;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length
    {
        get
        {
            long blocks = Math.DivRem(Math.Max(0, file.Length - EncryptedFile.HeaderBytes), EncryptedFile.StoredBlockBytes, out long rest);
            return (blocks * EncryptedFile.BlockBytes) + Math.Max(0, rest - EncryptedFile.TagBytes);
        }
    }

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A position is not negative.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads decrypted data.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut off, or its key is not there.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !Enter(_position / EncryptedFile.BlockBytes))
        {
            return 0;
        }

        int at = (int)(_position % EncryptedFile.BlockBytes);
        int count = Math.Max(0, Math.Min(buffer.Length, _count - at));
        _plain.AsSpan(at, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = offset + (origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? _position : Length);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher?.Dispose();
            if (!leaveOpen)
            {
                file.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    // Decrypts a block; false if the file ends before it.
    private bool Enter(long block)
    {
        if (block == _block)
        {
            return true;
        }

        if (_isLast && block > _block)
        {
            return false;
        }

        if (_cipher is null)
        {
            file.Position = 0;
            if (file.ReadAtLeast(_header, _header.Length, throwOnEndOfStream: false) < _header.Length)
            {
                throw CutOff();
            }

            _cipher = EncryptedFile.CipherOf(_header, BackupKeys.Read());
        }

        long start = EncryptedFile.HeaderBytes + (block * EncryptedFile.StoredBlockBytes);
        file.Position = start;
        int read = file.ReadAtLeast(_stored, _stored.Length, throwOnEndOfStream: false);
        if (read == 0 && block > 0)
        {
            // Whether the file ends here or was cut off, its last block says.
            _ = Enter((file.Length - EncryptedFile.HeaderBytes - 1) / EncryptedFile.StoredBlockBytes);
            return false;
        }

        if (read < EncryptedFile.TagBytes)
        {
            throw CutOff();
        }

        bool isLast = start + read >= file.Length;
        ReadOnlySpan<byte> stored = _stored.AsSpan(0, read);
        _block = -1;
        if (!EncryptedFile.TryDecrypt(_cipher, _header, block, isLast, stored, _plain))
        {
            throw isLast && EncryptedFile.TryDecrypt(_cipher, _header, block, isLast: false, stored, _plain)
                ? CutOff()
                : new InvalidDataException($"it is damaged: block {block + 1} of its encrypted blocks is not as it was written");
        }

        (_block, _count, _isLast) = (block, read - EncryptedFile.TagBytes, isLast);
        return true;
    }

    private static InvalidDataException CutOff() => new("it is cut off: the end of the encrypted data is missing");
}
