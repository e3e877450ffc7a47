namespace FastTrainLog.Reading;

/// <summary>A line read backwards.</summary>
/// <param name="Offset">Its offset in bytes from the start of the file, after decompression.</param>
/// <param name="Line">The line, without its line feed.</param>
internal readonly record struct ReverseLine(long Offset, byte[] Line);
