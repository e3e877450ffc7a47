namespace FastTrainLog.Training;

/// <summary>The best validation of a run so far.</summary>
/// <param name="Value">Its loss, or its metric of the name that the run's options give.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The step.</param>
public readonly record struct BestValidation(double Value, int Epoch, long Step);
