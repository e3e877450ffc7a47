using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FastTrainLog.Redaction;

internal sealed class HashingRedactor : Redactor
{
    private const int ShownBytes = 16;
    private const int StackBytes = 512;

    private readonly byte[] _key;

    public HashingRedactor(ReadOnlySpan<byte> key)
    {
        if (key.Length < MinKeyBytes)
        {
            throw new ArgumentException($"The key has {key.Length} bytes, but must have {MinKeyBytes} or more: create one with RandomNumberGenerator.GetBytes(32).", nameof(key));
        }

        _key = key.ToArray();
    }

    internal override int Redact(scoped ReadOnlySpan<char> value, Span<char> destination)
    {
        int size = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = size > StackBytes ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> utf8 = rented is null ? stackalloc byte[StackBytes] : rented;
        utf8 = utf8[..Encoding.UTF8.GetBytes(value, utf8)];

        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, utf8, hash);
        CryptographicOperations.ZeroMemory(utf8);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        Convert.TryToHexStringLower(hash[..ShownBytes], destination, out int written);
        return written;
    }
}
