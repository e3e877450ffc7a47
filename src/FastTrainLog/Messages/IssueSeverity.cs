namespace FastTrainLog.Training;

/// <summary>The severity of a numerical issue; it determines the level at which the issue is logged.</summary>
public enum IssueSeverity
{
    /// <summary>For information; logged at Information.</summary>
    Low,

    /// <summary>The run handled it; logged at Warning.</summary>
    Medium,

    /// <summary>The run continues, but its result may suffer; logged at Error.</summary>
    High,

    /// <summary>The run cannot continue as it is; logged at Critical.</summary>
    Critical,
}
