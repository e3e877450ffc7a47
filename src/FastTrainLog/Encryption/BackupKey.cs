using System.Security.Cryptography;

namespace FastTrainLog.Encryption;

/// <summary>A key of 256 bits with which rotated files are encrypted.</summary>
/// <remarks>Each file has a key of its own, derived from this one and the file's salt by HKDF-SHA-256 (RFC 5869), so that no two files use a nonce twice. Immutable and thread-safe.</remarks>
internal sealed class BackupKey
{
    public const int IdBytes = 8;

    private const int SecretBytes = 32;

    private readonly byte[] _secret;
    private readonly byte[] _id;

    private BackupKey(byte[] secret)
    {
        _secret = secret;
        _id = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, IdBytes, info: "FastTrainLog key id"u8.ToArray());
    }

    /// <summary>Gets what tells the key from others: it is derived from the key and says nothing about it.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>Reads a key from text; null if it is not 32 bytes in Base64.</summary>
    public static BackupKey? TryParse(string text)
    {
        byte[] secret = new byte[SecretBytes];
        return Convert.TryFromBase64String(text, secret, out int read) && read == SecretBytes ? new BackupKey(secret) : null;
    }

    /// <summary>Returns the cipher of a file.</summary>
    /// <param name="salt">The file's salt.</param>
    public AesGcm CipherOf(byte[] salt) => new(HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, SecretBytes, salt, "FastTrainLog file"u8.ToArray()), EncryptedFile.TagBytes);
}
