using System.Text;

namespace FastTrainLog.Utf8Text;

/// <summary>Text that is copied into many lines: kept with room after it, so that it is copied in whole vectors.</summary>
internal readonly struct Utf8Literal
{
    /// <summary>The bytes of a vector; text is kept in a multiple of it.</summary>
    public const int Unit = 32;

    private readonly byte[]? _padded;

    /// <summary>Initializes a literal with a copy of UTF-8 text.</summary>
    public Utf8Literal(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            _padded = new byte[(text.Length + Unit - 1) / Unit * Unit];
            text.CopyTo(_padded);
            Length = text.Length;
        }
    }

    /// <summary>Initializes a literal with text in UTF-8.</summary>
    public Utf8Literal(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>Gets the bytes of the text.</summary>
    public int Length { get; }

    /// <summary>Gets the text and the zeros after it.</summary>
    public ReadOnlySpan<byte> Padded => _padded;

    /// <summary>Gets the text.</summary>
    public ReadOnlySpan<byte> Text => _padded.AsSpan(0, Length);
}
