using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Encryption;

/// <summary>The layout of an encrypted file: a header, and then blocks that are each encrypted and authenticated by AES-256-GCM.</summary>
/// <remarks>
/// The header: a mark with the version of the layout, the key's id, the file's salt, and the beginning of its nonces. A block's nonce is that beginning, the
/// block's number and whether it is the last one, and the header is authenticated with each block: blocks that are changed, moved, missing or from another file are told, at the end of the file too.
/// (The construction is STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, <i>Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance</i>, 2015.)
/// </remarks>
internal static class EncryptedFile
{
    public const int BlockBytes = 64 * 1024;
    public const int TagBytes = 16;
    public const int StoredBlockBytes = BlockBytes + TagBytes;
    public const int HeaderBytes = KeyIdOffset + BackupKey.IdBytes + SaltBytes + NonceStartBytes + 1;

    private const int KeyIdOffset = 8;
    private const int SaltOffset = KeyIdOffset + BackupKey.IdBytes;
    private const int SaltBytes = 32;
    private const int NonceStartOffset = SaltOffset + SaltBytes;
    private const int NonceStartBytes = 7;
    private const int NonceBytes = 12;
    private const byte Version = 1;

    // Neither gzip nor a file of columns begins so, and no line does.
    private static ReadOnlySpan<byte> Mark => [0x89, (byte)'F', (byte)'T', (byte)'L', (byte)'e', (byte)'n', (byte)'c', Version];

    /// <summary>Returns the header of a new file.</summary>
    public static byte[] CreateHeader(BackupKey key)
    {
        byte[] header = new byte[HeaderBytes];
        Mark.CopyTo(header);
        key.Id.CopyTo(header.AsSpan(KeyIdOffset));
        RandomNumberGenerator.Fill(header.AsSpan(SaltOffset, SaltBytes + NonceStartBytes));
        return header;
    }

    /// <summary>Returns the cipher of the file with a header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="keys">The keys that there are.</param>
    /// <exception cref="InvalidDataException">None of them is the file's, or the layout is another version's.</exception>
    public static AesGcm CipherOf(byte[] header, IReadOnlyList<BackupKey> keys)
    {
        if (header[KeyIdOffset - 1] != Version)
        {
            throw new InvalidDataException($"it is encrypted in version {header[KeyIdOffset - 1]} of the layout, and this is FastTrainLog of version {Version}: read it with a later one");
        }

        byte[] id = header[KeyIdOffset..SaltOffset];
        BackupKey key = keys.FirstOrDefault(key => key.Id.SequenceEqual(id)) ?? throw new InvalidDataException(
            $"it is encrypted with the key {Convert.ToHexString(id).ToLowerInvariant()}, which is not in {BackupKeys.Places}");
        return key.CipherOf(header[SaltOffset..NonceStartOffset]);
    }

    /// <summary>Writes the nonce of a block.</summary>
    public static byte[] NonceOf(byte[] header, long block, bool isLast)
    {
        byte[] nonce = new byte[NonceBytes];
        header.AsSpan(NonceStartOffset, NonceStartBytes).CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(NonceStartBytes), checked((uint)block));
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }

    /// <summary>Returns whether bytes are the beginning of an encrypted file, of whatever version.</summary>
    public static bool IsOne(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Mark[..^1]);

    /// <summary>Returns whether a file is encrypted.</summary>
    public static bool IsOne(SafeFileHandle file)
    {
        Span<byte> mark = stackalloc byte[Mark.Length];
        return IsOne(mark[..RandomAccess.Read(file, mark, fileOffset: 0)]);
    }

    /// <summary>Returns why a file cannot be decrypted for lack of its key; null if it can, is not encrypted, or is damaged.</summary>
    public static string? MissingKeyOf(SafeFileHandle file)
    {
        byte[] header = new byte[HeaderBytes];
        if (RandomAccess.Read(file, header, fileOffset: 0) < header.Length || !IsOne(header))
        {
            return null;
        }

        try
        {
            using AesGcm cipher = CipherOf(header, BackupKeys.Read());
            return null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Returns the content of a file: decrypted if it is encrypted, the file itself if not.</summary>
    /// <param name="file">The file, at its beginning.</param>
    /// <param name="leaveOpen">Whether it stays open when the decrypted content is disposed of.</param>
    public static Stream ContentOf(FileStream file, bool leaveOpen = false) => IsOne(file.SafeFileHandle) ? new DecryptingStream(file, leaveOpen) : file;

    /// <summary>Reads the first bytes of a file's content, independent of its position: as they are stored, if the file's key is missing or they are damaged.</summary>
    /// <returns>How many.</returns>
    public static int ReadBeginning(SafeFileHandle file, Span<byte> bytes)
    {
        int read = RandomAccess.Read(file, bytes, fileOffset: 0);
        if (!IsOne(bytes[..read]))
        {
            return read;
        }

        byte[] stored = new byte[HeaderBytes + StoredBlockBytes];
        int storedBytes = RandomAccess.Read(file, stored, fileOffset: 0);
        byte[] plain = new byte[BlockBytes];
        try
        {
            if (Decrypt(stored.AsSpan(0, storedBytes), isLast: RandomAccess.GetLength(file) <= stored.Length, plain) is not { } count)
            {
                return read;
            }

            plain.AsSpan(0, Math.Min(count, bytes.Length)).CopyTo(bytes);
            return Math.Min(count, bytes.Length);
        }
        catch (InvalidDataException)
        {
            // Who reads on is told why.
            return read;
        }
    }

    // The length of the first block; null if it is not as it was written.
    private static int? Decrypt(ReadOnlySpan<byte> stored, bool isLast, Span<byte> plain)
    {
        if (stored.Length < HeaderBytes + TagBytes)
        {
            return null;
        }

        byte[] header = stored[..HeaderBytes].ToArray();
        using AesGcm cipher = CipherOf(header, BackupKeys.Read());
        return TryDecrypt(cipher, header, 0, isLast, stored[HeaderBytes..], plain) ? stored.Length - HeaderBytes - TagBytes : null;
    }

    /// <summary>Decrypts a block.</summary>
    /// <param name="cipher">The file's cipher.</param>
    /// <param name="header">Its header.</param>
    /// <param name="block">The block's number, from 0.</param>
    /// <param name="isLast">Whether it is the file's last one.</param>
    /// <param name="stored">The block as it is stored, with its tag.</param>
    /// <param name="plain">Gets its content.</param>
    /// <returns>Whether it is authentic.</returns>
    public static bool TryDecrypt(AesGcm cipher, byte[] header, long block, bool isLast, ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        int length = stored.Length - TagBytes;
        try
        {
            cipher.Decrypt(NonceOf(header, block, isLast), stored[..length], stored[length..], plain[..length], header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}
