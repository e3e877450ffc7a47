using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Collecting;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>One process of a run.</summary>
/// <param name="Log">Its log.</param>
/// <param name="Figures">Its figures.</param>
internal sealed record RankOfRun(WatchedLog Log, RunFigures Figures)
{
    public RunName Name { get; } = new(Figures.Id, Figures.Rank);
}
