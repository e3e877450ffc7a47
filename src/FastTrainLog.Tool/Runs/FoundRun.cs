using FastTrainLog.Analysis;
using FastTrainLog.Ranks;

namespace FastTrainLog.Tool.Runs;

/// <summary>A run that was found below a directory.</summary>
/// <param name="Directory">Its log directory, relative to that directory; for ranks with one each, their common part.</param>
/// <param name="Figures">Its figures from its log; for several ranks, those of all together.</param>
/// <param name="Ranks">Its processes, with their log directories.</param>
internal sealed record FoundRun(string Directory, RunFigures Figures, IReadOnlyList<FoundProcess> Ranks);
