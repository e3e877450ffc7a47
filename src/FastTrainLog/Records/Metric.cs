namespace FastTrainLog;

/// <summary>A named number that accompanies a training message.</summary>
/// <param name="Name">The name in the log.</param>
/// <param name="Value">The value.</param>
public readonly record struct Metric(string Name, double Value)
{
    /// <summary>Converts a name and a value to a metric.</summary>
    /// <param name="pair">The name and the value.</param>
    public static implicit operator Metric((string Name, double Value) pair) => new(pair.Name, pair.Value);
}
