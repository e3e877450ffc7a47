using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Counts dropped records by logger and level. Thread-safe.</summary>
internal sealed class DropCounter
{
    [ThreadStatic]
    private static long _ofThisThread;

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Logger, LogLevel Level), long> _pending = [];

    /// <summary>Gets the counts since the start.</summary>
    public RecordCounter All { get; } = new();

    /// <summary>Gets the number of records dropped since the start.</summary>
    public long Total => All.Total;

    /// <summary>Gets how many records of calls of this thread were dropped: a call by which it changes was not logged.</summary>
    public static long OfThisThread => _ofThisThread;

    public void Add(int logger, LogLevel level)
    {
        _ofThisThread++;
        lock (_gate)
        {
            _pending[(logger, level)] = _pending.GetValueOrDefault((logger, level)) + 1;
            All.Add(logger, level);
        }
    }

    /// <summary>Gives a count back that was taken, and whose report was dropped itself.</summary>
    public void Return(int logger, LogLevel level, long count)
    {
        lock (_gate)
        {
            _pending[(logger, level)] = _pending.GetValueOrDefault((logger, level)) + count;
        }
    }

    /// <summary>Takes the counts that were not yet reported.</summary>
    public KeyValuePair<(int Logger, LogLevel Level), long>[] TakePending()
    {
        lock (_gate)
        {
            if (_pending.Count == 0)
            {
                return [];
            }

            KeyValuePair<(int Logger, LogLevel Level), long>[] taken = [.. _pending];
            _pending.Clear();
            return taken;
        }
    }
}
