namespace FastTrainLog.Monitoring.Terminal;

/// <summary>A row of the table: an epoch that ended, a validation, or both.</summary>
internal sealed record EpochRow
{
    public long Epoch { get; set; }

    /// <summary>Gets or sets the step of the validation.</summary>
    public long? Step { get; set; }

    /// <summary>Gets or sets whether the epoch ended; otherwise the row is a validation within it.</summary>
    public bool HasEnded { get; set; }

    public double? Loss { get; set; }

    public double? Validation { get; set; }

    /// <summary>Gets or sets the metric by which validations are compared, if it is not the loss.</summary>
    public double? Metric { get; set; }

    public bool IsBest { get; set; }

    public double? GradientNorm { get; set; }

    public TimeSpan? Time { get; set; }
}
