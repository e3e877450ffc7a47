using System.Buffers;

namespace FastTrainLog.Utf8Text;

/// <summary>How a kind of text escapes the characters that it must not contain.</summary>
internal interface IEscapeStyle
{
    /// <summary>Gets the bytes at which an unwanted character may begin; those are scanned for many at a time.</summary>
    static abstract SearchValues<byte> Suspicious { get; }

    /// <summary>Appends the escape of an unwanted character: one of <see cref="EscapedText.UnwantedLeads"/>, or an ASCII one among <see cref="Suspicious"/>.</summary>
    static abstract void Append(Utf8Buffer buffer, int codePoint);
}
