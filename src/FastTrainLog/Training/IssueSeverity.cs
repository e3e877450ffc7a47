namespace FastTrainLog.Training;

/// <summary>How grave a numerical issue is; it decides the level that the issue is logged at.</summary>
public enum IssueSeverity
{
    /// <summary>Worth knowing; logged at Information.</summary>
    Low,

    /// <summary>The run dealt with it; logged at Warning.</summary>
    Medium,

    /// <summary>The run goes on, but its result may suffer; logged at Error.</summary>
    High,

    /// <summary>The run cannot go on as it is; logged at Critical.</summary>
    Critical,
}
