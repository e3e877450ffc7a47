using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Tail;

/// <summary>How the lines of a followed file are chosen and shown.</summary>
internal interface ITailFormat
{
    /// <summary>Returns whether a line belongs to the one before it, as those of a trace do.</summary>
    bool Continues(ReadOnlySpan<byte> line);

    /// <summary>Appends a line as it is shown, with its line feed, or nothing if it is not wanted.</summary>
    /// <param name="buffer">What it is appended to.</param>
    /// <param name="line">The line.</param>
    /// <returns>The time by which it is merged with the lines of other files, in UTC ticks; 0 if it has none.</returns>
    long Append(Utf8Buffer buffer, ReadOnlySpan<byte> line);
}
