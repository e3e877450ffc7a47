using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.ZLogger;

/// <summary>Passes records to ZLogger's providers: to the asynchronous processors and formatters behind a logger factory.</summary>
/// <remarks>
/// <para>
/// Each record reaches a provider once, in order, with the time and thread of its log call, and without boxing; its state object is reused
/// when ZLogger has written it. ZLogger writes on its own threads and has no flush, so that <see cref="Flush"/> waits
/// for nothing; disposing waits until all is written.
/// </para>
/// <para>
/// A provider whose options have <c>IncludeScopes</c> gets the scopes of the log call, and before them, by the names of the JSON lines, what the
/// record belongs to: <c>run</c>, <c>rank</c>, <c>world_size</c>, <c>step</c>, <c>trace_id</c>, <c>span_id</c>.
/// </para>
/// </remarks>
public sealed class ZLoggerSink : ILogSink
{
    private readonly ILoggerFactory _factory;
    private readonly Dictionary<string, ILogger> _loggers = [];
    private readonly ZLoggerStatePool _states = new();
    private readonly RecordScopes _scopes = new();

    /// <summary>Initializes a sink over the ZLogger providers that a set-up adds.</summary>
    /// <param name="configure">Adds the providers, as to a host's logging; levels are FastTrainLog's, filters added here apply too.</param>
    public ZLoggerSink(Action<ILoggingBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _factory = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace);
            builder.Services.AddSingleton<IExternalScopeProvider>(_scopes);
            configure(builder);
        });
    }

    /// <inheritdoc/>
    public void Write(in LogRecord record)
    {
        if (!_loggers.TryGetValue(record.Category, out ILogger? logger))
        {
            logger = _factory.CreateLogger(record.Category);
            _loggers.Add(record.Category, logger);
        }

        if (!logger.IsEnabled(record.Level))
        {
            return;
        }

        ZLoggerState state = _states.Rent();
        try
        {
            state.Record.CopyFrom(record);
            _scopes.Record = state.Record;
            Exception? exception = state.Record.ExceptionType is null ? null : new LoggedException(state.Record);
            logger.Log(state.Record.Level, state.Record.EventId, state, exception, static (state, _) => state.ToString());
        }
        finally
        {
            state.Release();
        }
    }

    /// <summary>Does nothing: ZLogger writes as soon as its own thread gets to it.</summary>
    public void Flush()
    {
    }

    /// <summary>Disposes the providers, which wait until what they were passed is written.</summary>
    public void Dispose() => _factory.Dispose();
}
