namespace FastTrainLog.Training;

/// <summary>The best validation of a run so far.</summary>
/// <param name="Value">Its loss, or its metric of the name that the run's options give.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Step">The step.</param>
public readonly record struct BestValidation(double Value, int Epoch, long Step)
{
    // How a log names the order of validations.
    internal const string Highest = "highest";
    internal const string Lowest = "lowest";

    /// <summary>Returns whether a value is better than the best so far; a value that is not finite never is.</summary>
    internal static bool IsBetter(double value, double? best, bool higherIsBetter) =>
        double.IsFinite(value) && (best is null || (higherIsBetter ? value > best : value < best));
}
