namespace FastTrainLog;

/// <summary>How often log files are rotated by time, whatever their size. Boundaries are those of the local time.</summary>
public enum RotationInterval
{
    /// <summary>Never: by size alone.</summary>
    Never,

    /// <summary>At each full hour.</summary>
    Hourly,

    /// <summary>At midnight.</summary>
    Daily,

    /// <summary>At the midnight that begins a Monday (ISO 8601).</summary>
    Weekly,

    /// <summary>At the midnight that begins a month.</summary>
    Monthly,
}
