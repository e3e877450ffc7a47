namespace FastTrainLog.Files;

/// <summary>Takes a line of a file, without its end.</summary>
internal delegate void LineAction(ReadOnlySpan<byte> line);
