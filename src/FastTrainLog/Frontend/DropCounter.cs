using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Counts dropped records by logger and level.</summary>
internal sealed class DropCounter
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Logger, LogLevel Level), long> _pending = [];
    private long _total;

    /// <summary>Gets the number of records dropped since the start.</summary>
    public long Total => Volatile.Read(ref _total);

    public void Add(int logger, LogLevel level)
    {
        lock (_gate)
        {
            _pending[(logger, level)] = _pending.GetValueOrDefault((logger, level)) + 1;
            _total++;
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
