namespace FastTrainLog.Reading;

/// <summary>How far a file was read: after a line, with its line feed if it has one.</summary>
/// <param name="Offset">The bytes up to there, after decompression if it is compressed.</param>
/// <param name="Lines">The lines up to there.</param>
internal readonly record struct LinePosition(long Offset, long Lines);
