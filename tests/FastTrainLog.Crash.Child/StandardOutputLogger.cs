using Microsoft.Extensions.Logging;

namespace FastTrainLog.Crash.Child;

/// <summary>A logger of another system.</summary>
internal sealed class StandardOutputLogger : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Console.WriteLine(formatter(state, exception));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
