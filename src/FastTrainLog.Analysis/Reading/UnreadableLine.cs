namespace FastTrainLog.Reading;

/// <summary>A piece of a file that is not a record.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Line">The line's number in the file, from 1.</param>
/// <param name="Offset">The piece's offset in bytes from the start of the file, after decompression if it is compressed.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Reason">The reason why it cannot be read.</param>
public sealed record UnreadableLine(string File, long Line, long Offset, long Length, string Reason);
