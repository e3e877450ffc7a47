using System.Diagnostics;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Series;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>The courses of the loss of runs of several ranks, merged: the logs of all ranks of a run are read together.</summary>
/// <remarks>One thread at a time refreshes it and asks it.</remarks>
internal sealed class MergedLosses
{
    // Of a run with many ranks a reading takes long: it is repeated after a multiple of its own duration.
    private const int RestOfReading = 20;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(0.5);

    private readonly Dictionary<string, Reading> _known = [];

    /// <summary>Returns the course of a run; null if it is not known yet.</summary>
    public LossCourse? Of(string run) => _known.TryGetValue(run, out Reading? reading) ? reading.Losses : null;

    /// <summary>Reads those of the runs whose logs are longer.</summary>
    /// <returns>Whether any is different.</returns>
    public bool Refresh(IReadOnlyList<DashboardRun> runs)
    {
        bool isDifferent = false;
        var there = new HashSet<string>();
        foreach (DashboardRun run in runs.Where(run => run.Ranks.Count > 1))
        {
            there.Add(run.Key);
            long begun = Stopwatch.GetTimestamp();
            long revision = ShownSeries.RevisionOf(run, rank: null);
            Reading? known = _known.GetValueOrDefault(run.Key);
            if (known?.Revision == revision || begun < known?.Due || Read(run) is not { } losses)
            {
                continue;
            }

            TimeSpan rest = Stopwatch.GetElapsedTime(begun) * RestOfReading;
            long due = Stopwatch.GetTimestamp() + (long)(Math.Max(rest.TotalSeconds, ShortestRest.TotalSeconds) * Stopwatch.Frequency);
            isDifferent |= known is null || !known.Losses.IsLike(losses);
            _known[run.Key] = new Reading(revision, due, losses);
        }

        foreach (string gone in _known.Keys.Where(key => !there.Contains(key)).ToArray())
        {
            _known.Remove(gone);
        }

        return isDifferent;
    }

    // A log that is in use or cannot be read is tried again at the next refresh; it says itself what is wrong.
    private static LossCourse? Read(DashboardRun run)
    {
        try
        {
            return ShownSeries.Use(run, rank: null, SeriesNames.Loss, series =>
                LossCourse.Of([.. series.Buckets(-SeriesAnswer.FarthestStep, SeriesAnswer.FarthestStep, LossCourse.Most)]));
        }
        catch (Exception exception) when (exception is RequestRefusedException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private sealed record Reading(long Revision, long Due, LossCourse Losses);
}
