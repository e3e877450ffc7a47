using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Brings a <see cref="TrainLogging"/> under Microsoft.Extensions.Logging, beside whatever other providers a host has.</summary>
/// <param name="logging">The log; the provider disposes it with itself.</param>
[ProviderAlias("FastTrainLog")]
public sealed class TrainLoggerProvider(TrainLogging logging) : ILoggerProvider, ISupportExternalScope
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => logging.GetLogger(categoryName);

    /// <summary>Takes the host's scopes for the log's: they stand in the JSON lines.</summary>
    /// <param name="scopeProvider">Where the host keeps scopes.</param>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => logging.KeepScopesIn(scopeProvider);

    /// <inheritdoc/>
    public void Dispose() => logging.Dispose();
}
