namespace FastTrainLog.Generators.Models;

/// <summary>What is known about a logger from its static type.</summary>
internal enum LoggerKind
{
    /// <summary>It is the library's own logger.</summary>
    TrainLogger,

    /// <summary>It may be any logger.</summary>
    Any,

    /// <summary>It is another logger, such as an <c>ILogger&lt;T&gt;</c>, which the library's own one is not.</summary>
    Foreign,
}
