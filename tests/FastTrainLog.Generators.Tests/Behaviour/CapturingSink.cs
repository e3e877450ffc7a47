using System.Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A sink that keeps what the backend made of each record.</summary>
internal sealed class CapturingSink : ILogSink
{
    public List<(LogLevel Level, EventId EventId, string? EventName, string Message, bool HasException)> Records { get; } = [];

    public void Write(in LogRecord record) =>
        Records.Add((record.Level, record.EventId, record.EventId.Name, Encoding.UTF8.GetString(record.Message), record.HasException));

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
