namespace FastTrainLog.Monitoring.Terminal;

/// <summary>The meaning of a part of a line, which determines its colour.</summary>
internal enum Tone
{
    /// <summary>A figure or a text, in the terminal's own colour.</summary>
    Plain,

    /// <summary>Secondary text: labels, times, the open part of the bar.</summary>
    Quiet,

    /// <summary>The progress of the run.</summary>
    Progress,

    /// <summary>The best validation, a run that completed.</summary>
    Good,

    /// <summary>A warning, a run that was cancelled or stopped.</summary>
    Warning,

    /// <summary>An error, a run that failed.</summary>
    Bad,
}
