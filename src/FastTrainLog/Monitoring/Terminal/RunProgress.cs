namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The progress of a run, from its last records.</summary>
internal sealed record RunProgress
{
    public string? Label { get; init; }

    public long? Epochs { get; init; }

    public long Epoch { get; init; }

    public long Step { get; init; }

    public long? TotalSteps { get; init; }

    public double? Percent { get; init; }

    public double Loss { get; init; }

    public TimeSpan? Eta { get; init; }

    /// <summary>Gets the smoothed step time in seconds; NaN if none was measured.</summary>
    public double SecondsPerStep { get; init; }

    /// <summary>Gets the latest validation; null before the first.</summary>
    public double? Validation { get; init; }

    public string? ValidationName { get; init; }

    /// <summary>Gets the best validation; null before the first.</summary>
    public double? Best { get; init; }

    public bool IsBest { get; init; }

    /// <summary>Gets the time from the start to the last record.</summary>
    public TimeSpan Elapsed { get; init; }
}
