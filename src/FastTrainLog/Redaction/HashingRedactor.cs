using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FastTrainLog.Records;

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
            throw new ArgumentException($"The key has {key.Length} bytes, but must have {MinKeyBytes} or more: make one with RandomNumberGenerator.GetBytes(32).", nameof(key));
        }

        _key = key.ToArray();
    }

    internal override void Redact(scoped ReadOnlySpan<char> value, ref TextArgument text)
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

        Span<char> digits = stackalloc char[2 * ShownBytes];
        Convert.TryToHexStringLower(hash[..ShownBytes], digits, out _);
        text.Append(digits);
    }
}
