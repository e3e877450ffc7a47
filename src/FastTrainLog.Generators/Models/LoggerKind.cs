namespace FastTrainLog.Generators.Models;

/// <summary>What the static type of a logger says of the object.</summary>
internal enum LoggerKind
{
    /// <summary>It is the library's own logger.</summary>
    TrainLogger,

    /// <summary>It may be any logger.</summary>
    Any,

    /// <summary>It is another logger, such as an <c>ILogger&lt;T&gt;</c>, which the library's own one is not.</summary>
    Foreign,
}
