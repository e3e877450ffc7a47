using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Makes a <see cref="TrainLogging"/> a provider of Microsoft.Extensions.Logging, next to the other providers of a host.</summary>
/// <remarks>It receives what the rules of the host let through; <see cref="TrainLogOptions.MinimumLevel"/> does not apply.</remarks>
/// <param name="logging">The log; the provider disposes it with itself.</param>
[ProviderAlias("FastTrainLog")]
public sealed class TrainLoggerProvider(TrainLogging logging) : ILoggerProvider, ISupportExternalScope
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => logging.GetHostLogger(categoryName);

    /// <summary>Uses the host's scopes for the log: they are written to the JSON lines.</summary>
    /// <param name="scopeProvider">Where the host keeps scopes.</param>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => logging.KeepScopesIn(scopeProvider);

    /// <inheritdoc/>
    public void Dispose() => logging.Dispose();
}
