using System.Text;
using FastTrainLog.Backend;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>Hands records on to any <see cref="ILoggerFactory"/>: whatever logging system is behind it gets them, from the backend's thread.</summary>
/// <remarks>The other system sees the message, the level, the event, and the arguments as its state's pairs; its calls may allocate.</remarks>
/// <param name="factory">The factory; it is not disposed.</param>
public sealed class LoggerForwardingSink(ILoggerFactory factory) : ILogSink
{
    private readonly ILoggerFactory _factory = factory ?? throw new ArgumentNullException(nameof(factory));
    private readonly Dictionary<string, ILogger> _loggers = [];

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

        var state = new List<KeyValuePair<string, object?>>(record.ArgumentCount + 1);
        for (int i = 0; i < record.ArgumentCount; i++)
        {
            LogArgument argument = record.GetArgument(i);
            state.Add(new(argument.Name, argument.ToObject()));
        }

        state.Add(new("{OriginalFormat}", record.MessageTemplate));
        string message = Encoding.UTF8.GetString(record.Message);
        logger.Log(record.Level, record.EventId, state, null, (_, _) => message);
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
