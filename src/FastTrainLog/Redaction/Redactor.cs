using FastTrainLog.Records;

namespace FastTrainLog.Redaction;

/// <summary>Turns a classified value into what is logged in its place.</summary>
/// <remarks>Instances are immutable and safe to share between threads. Null counts as an empty text, so that nobody learns that there is no value.</remarks>
public abstract class Redactor
{
    /// <summary>The bytes that a key has at least.</summary>
    public const int MinKeyBytes = 16;

    private protected Redactor()
    {
    }

    /// <summary>Gets the redactor that leaves nothing: <c>[erased]</c>.</summary>
    public static Redactor Erase { get; } = new ErasingRedactor();

    /// <summary>Gets whether the redactor looks at the value at all.</summary>
    internal virtual bool ReadsValue => true;

    /// <summary>Returns a redactor that shows the end of a value: <c>****6789</c>. How long the value is it does not show.</summary>
    /// <param name="visible">How many characters are shown at most: 0 to 16. Of a value with less than twice as many none is shown.</param>
    /// <returns>The redactor.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="visible"/> is not 0 to 16.</exception>
    public static Redactor Mask(int visible = 4) => new MaskingRedactor(visible);

    /// <summary>
    /// Returns a redactor that shows a keyed hash of a value, so that equal values can be told without being known: the first 128 bits of
    /// HMAC-SHA-256 (RFC 2104, FIPS 198-1) of its invariant text in UTF-8, as 32 hexadecimal digits.
    /// </summary>
    /// <param name="key">The key, 16 bytes or more; who has it can find short values by trying them all.</param>
    /// <returns>The redactor.</returns>
    /// <exception cref="ArgumentException">The key is shorter.</exception>
    public static Redactor Hash(ReadOnlySpan<byte> key) => new HashingRedactor(key);

    /// <summary>Writes what is logged in the place of a value.</summary>
    internal abstract void Redact(scoped ReadOnlySpan<char> value, ref TextArgument text);
}
