using FastTrainLog.Analysis;

namespace FastTrainLog.Ranks;

/// <summary>A run of one process, or one rank of a run, and its log directory.</summary>
/// <param name="Directory">The log directory.</param>
/// <param name="Figures">Its figures.</param>
internal sealed record FoundProcess(string Directory, RunFigures Figures);
