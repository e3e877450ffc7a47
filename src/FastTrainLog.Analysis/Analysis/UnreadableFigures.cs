using FastTrainLog.Reading;

namespace FastTrainLog.Analysis;

/// <summary>The unreadable parts of a log.</summary>
/// <param name="Lines">The number of lines, or pieces of lines.</param>
/// <param name="Bytes">Their size in bytes.</param>
/// <param name="Files">The number in each file, by path.</param>
/// <param name="Places">The positions of the first hundred of them.</param>
public sealed record UnreadableFigures(long Lines, long Bytes, IReadOnlyDictionary<string, long> Files, IReadOnlyList<UnreadableLine> Places)
{
    internal static UnreadableFigures Of(UnreadableLines lines) => new(lines.Count, lines.Bytes, lines.Files, lines.Places);

    /// <summary>Returns the sum of the unreadable parts of several logs.</summary>
    internal static UnreadableFigures Sum(IEnumerable<UnreadableFigures> logs)
    {
        UnreadableFigures[] all = [.. logs];
        return new(
            all.Sum(log => log.Lines),
            all.Sum(log => log.Bytes),
            all.SelectMany(log => log.Files).ToDictionary(file => file.Key, file => file.Value),
            [.. all.SelectMany(log => log.Places).Take(UnreadableLines.MostPlaces)]);
    }
}
