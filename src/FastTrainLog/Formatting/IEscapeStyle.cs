using System.Buffers;

namespace FastTrainLog.Formatting;

/// <summary>How a kind of text spells the characters that it must not contain.</summary>
internal interface IEscapeStyle
{
    /// <summary>Gets the bytes at which an unwanted character may begin; those are scanned for many at a time.</summary>
    static abstract SearchValues<byte> Suspicious { get; }

    /// <summary>Appends the spelling of an unwanted character: a line separator, a control character, or an ASCII one among <see cref="Suspicious"/>.</summary>
    static abstract void Append(Utf8Buffer buffer, int codePoint);
}
