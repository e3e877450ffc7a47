namespace FastTrainLog.Frontend;

/// <summary>How calls reach a logger.</summary>
internal enum LoggerOrigin
{
    /// <summary>It is called directly.</summary>
    Direct,

    /// <summary>Through the loggers of a host.</summary>
    Host,

    /// <summary>Through the loggers of a host to which the log forwards its direct calls, and which therefore pass these back.</summary>
    ForwardingHost,
}
