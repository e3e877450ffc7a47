namespace FastTrainLog;

/// <summary>How often log files are rotated by time, regardless of their size. Boundaries are in local time.</summary>
public enum RotationInterval
{
    /// <summary>Never: only by size.</summary>
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
