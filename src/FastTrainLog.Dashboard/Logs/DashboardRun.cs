using FastTrainLog.Analysis;
using FastTrainLog.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>A run of one or several processes, as it was found last.</summary>
/// <param name="Key">The key by which requests name it.</param>
/// <param name="Directory">Its log directory, relative to the directory that was given.</param>
/// <param name="Figures">Its figures; of several ranks, all together.</param>
/// <param name="Ranks">Its processes, the lowest rank first.</param>
/// <param name="Totals">The figures that require its analysis; null if they are not known yet.</param>
/// <param name="Row">Its row in the list of runs, as JSON.</param>
/// <param name="ChangedAt">The version of the list in which the row became what it is.</param>
internal sealed record DashboardRun(string Key, string Directory, RunFigures Figures, IReadOnlyList<RankOfRun> Ranks, RunTotals? Totals, byte[] Row, long ChangedAt)
{
    /// <summary>Gets the process that stands for the run where only one can: that of the lowest rank.</summary>
    public RankOfRun Shown => Ranks[0];

    /// <summary>Returns one of its ranks, or all.</summary>
    /// <exception cref="RequestRefusedException">There is no such rank.</exception>
    public IReadOnlyList<RankOfRun> RanksOf(long? rank) => rank is null ? Ranks
        : Ranks.FirstOrDefault(found => found.Figures.Rank == rank) is { } found ? [found]
        : throw new RequestRefusedException(StatusCodes.Status404NotFound, $"The run '{Key}' has no rank {rank}.");
}
