namespace FastTrainLog.Analysis;

/// <summary>How an operation on a model went.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Succeeded">How often it succeeded.</param>
/// <param name="Failed">How often it failed.</param>
public sealed record ModelOperationFigures(string Operation, long Succeeded, long Failed);
