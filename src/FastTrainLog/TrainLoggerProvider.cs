using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Brings a <see cref="TrainLogging"/> under Microsoft.Extensions.Logging, beside whatever other providers a host has.</summary>
/// <param name="logging">The log; the provider disposes it with itself.</param>
[ProviderAlias("FastTrainLog")]
public sealed class TrainLoggerProvider(TrainLogging logging) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => logging.GetLogger(categoryName);

    /// <inheritdoc/>
    public void Dispose() => logging.Dispose();
}
