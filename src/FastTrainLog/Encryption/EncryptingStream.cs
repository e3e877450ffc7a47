using System.Security.Cryptography;

namespace FastTrainLog.Encryption;

/// <summary>Encrypts what is written to it; the file is complete once this is disposed of.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class EncryptingStream : Stream
{
    private readonly Stream _target;
    private readonly byte[] _header;
    private readonly AesGcm _cipher;
    private readonly byte[] _plain = new byte[EncryptedFile.BlockBytes];
    private readonly byte[] _stored = new byte[EncryptedFile.StoredBlockBytes];
    private int _filled;
    private long _block;
    private bool _isComplete;

    /// <param name="target">The file, which stays open.</param>
    /// <param name="key">The key.</param>
    public EncryptingStream(Stream target, BackupKey key)
    {
        _target = target;
        _header = EncryptedFile.CreateHeader(key);
        _cipher = EncryptedFile.CipherOf(_header, [key]);
        _target.Write(_header);
    }

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
            // Not before there is more: only then is it known that the block is not the last one.
            if (_filled == _plain.Length)
            {
                WriteBlock(isLast: false);
            }

            int taken = Math.Min(buffer.Length, _plain.Length - _filled);
            buffer[..taken].CopyTo(_plain.AsSpan(_filled));
            _filled += taken;
            buffer = buffer[taken..];
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
        if (disposing && !_isComplete)
        {
            _isComplete = true;
            WriteBlock(isLast: true);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WriteBlock(bool isLast)
    {
        _cipher.Encrypt(EncryptedFile.NonceOf(_header, _block, isLast), _plain.AsSpan(0, _filled), _stored.AsSpan(0, _filled), _stored.AsSpan(_filled, EncryptedFile.TagBytes), _header);
        _target.Write(_stored.AsSpan(0, _filled + EncryptedFile.TagBytes));
        _filled = 0;
        _block++;
    }
}
