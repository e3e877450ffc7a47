namespace FastTrainLog.Redaction;

/// <summary>Converts a classified value to what is logged in its place.</summary>
/// <remarks>Instances are immutable and safe to share between threads. Null counts as an empty text, so that the absence of a value is not revealed.</remarks>
public abstract class Redactor
{
    /// <summary>The minimal length of a key in bytes.</summary>
    public const int MinKeyBytes = 16;

    private protected Redactor()
    {
    }

    /// <summary>Gets the redactor that leaves nothing: <c>[erased]</c>.</summary>
    public static Redactor Erase { get; } = new ErasingRedactor();

    /// <summary>Gets whether the redactor reads the value.</summary>
    internal virtual bool ReadsValue => true;

    /// <summary>Returns a redactor that shows the end of a value: <c>****6789</c>. It does not reveal the length of the value.</summary>
    /// <param name="visible">How many characters are shown at most: 0 to 16. Of a value with less than twice as many characters, none is shown.</param>
    /// <returns>The redactor.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="visible"/> is not 0 to 16.</exception>
    public static Redactor Mask(int visible = 4) => new MaskingRedactor(visible);

    /// <summary>
    /// Returns a redactor that shows a keyed hash of a value, so that equal values can be recognised without being known: the first 128 bits of
    /// HMAC-SHA-256 (RFC 2104, FIPS 198-1) of its invariant text in UTF-8, as 32 hexadecimal digits.
    /// </summary>
    /// <param name="key">The key, 16 bytes or more; with the key, short values can be found by brute force.</param>
    /// <returns>The redactor.</returns>
    /// <exception cref="ArgumentException">The key is shorter.</exception>
    public static Redactor Hash(ReadOnlySpan<byte> key) => new HashingRedactor(key);

    /// <summary>The most characters that replace a value.</summary>
    internal const int MaxChars = 32;

    /// <summary>Writes what is logged in place of a value.</summary>
    /// <param name="value">The value's text.</param>
    /// <param name="destination">Room for <see cref="MaxChars"/> characters.</param>
    /// <returns>The number of characters written.</returns>
    internal abstract int Redact(scoped ReadOnlySpan<char> value, Span<char> destination);
}
