namespace FastTrainLog.Analysis;

/// <summary>The comparison of the processes of a run. docs/analysis.md defines every figure.</summary>
/// <param name="WorldSize">The expected number of processes.</param>
/// <param name="Each">The processes that have records, by rank.</param>
/// <param name="Missing">The ranks without records; the first 1,024.</param>
/// <param name="StepTimes">The step times of all ranks; null if none logged any.</param>
/// <param name="Stragglers">The ranks that were much slower than the others, and the steps.</param>
/// <param name="Disagreements">The ranks whose loss or gradient norm differs from that of the others.</param>
/// <param name="OwnSeries">The series that are specific to each rank, so that differences are not significant: <c>loss</c>, <c>gradient_norm</c>.</param>
/// <param name="FirstNonFinite">The first rank, step and layer with a non-finite number; null if there was none.</param>
public sealed record RankFigures(
    int WorldSize,
    IReadOnlyList<RankSummary> Each,
    IReadOnlyList<long> Missing,
    RankStepTimes? StepTimes,
    IReadOnlyList<Straggler> Stragglers,
    IReadOnlyList<RankDisagreement> Disagreements,
    IReadOnlyList<string> OwnSeries,
    NonFiniteOrigin? FirstNonFinite)
{
    /// <summary>Gets the ranks that stopped logging while others continued.</summary>
    public IReadOnlyList<long> Silent => [.. Each.Where(rank => rank.IsSilent).Select(rank => rank.Rank)];
}
