using FastTrainLog.Indexing;

namespace FastTrainLog.Ranks;

/// <summary>One series of all ranks that logged it, divided into ranges by the steps of the rank that logged most points.</summary>
internal sealed class RankSeries
{
    private readonly SeriesQuery? _longest;

    /// <param name="series">The series, by rank; those without points are ignored.</param>
    public RankSeries(IEnumerable<(long Rank, SeriesQuery Series)> series)
    {
        Ranks = [.. series.Where(rank => rank.Series.Count > 0)];
        _longest = Ranks.Count == 0 ? null : Ranks.MaxBy(rank => rank.Series.Count).Series;
    }

    public IReadOnlyList<(long Rank, SeriesQuery Series)> Ranks { get; }

    /// <summary>Gets the number of points of the longest series.</summary>
    public long Count => _longest?.Count ?? 0;

    /// <summary>Returns the first and the last step of a range of points of the longest series; the last range has no end.</summary>
    public (long First, long Last) StepsOf(long begin, long end) =>
        (_longest!.StepAt(begin), end >= Count ? long.MaxValue : Math.Max(_longest.StepAt(begin), _longest.StepAt(end) - 1));

    /// <summary>Returns the last step of the longest series in a range of its points.</summary>
    public long LastStepOf(long end) => _longest!.StepAt(end - 1);
}
