namespace FastTrainLog.Recovery;

/// <summary>A part of a log file, from a position to its end.</summary>
/// <param name="Name">The file, without the extension of a compressed one.</param>
/// <param name="From">The position, in bytes of the uncompressed file.</param>
internal readonly record struct WrittenPart(string Name, long From);
