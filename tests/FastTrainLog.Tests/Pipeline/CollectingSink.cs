using System.Text;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Keeps what it is handed; can be made to wait or to fail.</summary>
internal sealed class CollectingSink : ILogSink
{
    private readonly List<Item> _items = [];

    public ManualResetEventSlim Gate { get; } = new(true);

    public ManualResetEventSlim Entered { get; } = new(false);

    public Func<bool>? Fails { get; set; }

    /// <summary>Gets what it was handed up to now, while more may come.</summary>
    public IReadOnlyList<Item> Items
    {
        get
        {
            lock (_items)
            {
                return [.. _items];
            }
        }
    }

    public void Write(in LogRecord record)
    {
        Entered.Set();
        Gate.Wait(TestContext.Current.CancellationToken);
        if (Fails?.Invoke() == true)
        {
            throw new IOException("the sink is told to fail");
        }

        long number = record.ArgumentCount > 0 && record.GetArgument(0).TryGetInt64(out long value) ? value : -1;
        var item = new Item(record.Timestamp, record.Level, record.Category, record.ThreadId, number, Encoding.UTF8.GetString(record.Message), Encoding.UTF8.GetString(record.JsonLine));
        lock (_items)
        {
            _items.Add(item);
        }
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }

    public sealed record Item(DateTime Timestamp, LogLevel Level, string Category, int ThreadId, long Number, string Message, string Json);
}
