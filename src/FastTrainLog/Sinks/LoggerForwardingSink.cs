using System.Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>Passes records on to any <see cref="ILoggerFactory"/>: the logging system behind it receives them later than the log call and from another thread.</summary>
/// <remarks>
/// The other system sees the category, the level, the event, the message, the arguments as its state's pairs with
/// <c>{OriginalFormat}</c>, and an exception as a <see cref="LoggedException"/>. Each record costs allocations.
/// </remarks>
/// <param name="factory">The factory; it is not disposed.</param>
public sealed class LoggerForwardingSink(ILoggerFactory factory) : ILogSink
{
    private readonly ILoggerFactory _factory = factory ?? throw new ArgumentNullException(nameof(factory));
    private readonly Dictionary<string, ILogger> _loggers = [];
    private readonly LogRecordCopy _copy = new();

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

        _copy.CopyFrom(record);
        var state = new List<KeyValuePair<string, object?>>(_copy.PropertyCount + 1);
        for (int i = 0; i < _copy.PropertyCount; i++)
        {
            LogArgument property = _copy.GetProperty(i);
            state.Add(new(property.Name, property.ToObject()));
        }

        state.Add(new("{OriginalFormat}", _copy.MessageTemplate));
        string message = Encoding.UTF8.GetString(_copy.Message);
        logger.Log(record.Level, record.EventId, state, _copy.ExceptionType is null ? null : new LoggedException(_copy), (_, _) => message);
    }

    /// <summary>Does nothing: the other system decides when it writes.</summary>
    public void Flush()
    {
    }

    /// <summary>Does nothing: the owner of the factory disposes of it.</summary>
    public void Dispose()
    {
    }
}
