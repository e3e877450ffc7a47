namespace FastTrainLog.Monitoring;

/// <summary>How the values of a metric follow each other.</summary>
internal enum InstrumentKind
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A number that only increases.</summary>
    Counter,

    /// <summary>How many values were in each of some ranges.</summary>
    Histogram,
}
