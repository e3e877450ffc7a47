using FastTrainLog.Reading;

namespace FastTrainLog.Analysis;

/// <summary>What could not be read of the log.</summary>
/// <param name="Lines">How many lines, or pieces of lines.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Files">How many there are in each file, by path.</param>
/// <param name="Places">Where the first hundred of them stand.</param>
public sealed record UnreadableFigures(long Lines, long Bytes, IReadOnlyDictionary<string, long> Files, IReadOnlyList<UnreadableLine> Places);
