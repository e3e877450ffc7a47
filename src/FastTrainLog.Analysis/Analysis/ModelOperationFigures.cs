namespace FastTrainLog.Analysis;

/// <summary>The results of an operation on a model.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Succeeded">How often it succeeded.</param>
/// <param name="Failed">How often it failed.</param>
public sealed record ModelOperationFigures(string Operation, long Succeeded, long Failed);
