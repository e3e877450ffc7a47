namespace FastTrainLog.Dashboard.Series;

/// <summary>The names of series that the dashboard itself refers to.</summary>
internal static class SeriesNames
{
    /// <summary>The loss of the training steps.</summary>
    public const string Loss = "train/loss";
}
