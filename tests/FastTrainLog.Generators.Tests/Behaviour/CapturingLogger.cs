using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A logger of somebody else's: keeps what it receives.</summary>
internal sealed class CapturingLogger(LogLevel minimum, List<CapturedCall> calls) : ILogger
{
    public CapturingLogger()
        : this(LogLevel.Trace, [])
    {
    }

    public List<CapturedCall> Calls => calls;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Calls.Add(new CapturedCall(logLevel, eventId, formatter(state, exception), [.. (IReadOnlyList<KeyValuePair<string, object?>>)state!], exception));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
