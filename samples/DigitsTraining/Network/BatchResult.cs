namespace DigitsTraining.Network;

/// <summary>What came of a number of examples: the mean cross-entropy loss, and how many were recognised.</summary>
internal readonly record struct BatchResult(double Loss, int Correct, int Count)
{
    public double Accuracy => (double)Correct / Count;
}
