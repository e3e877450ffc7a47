using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Counts dropped records by logger and level. Thread-safe.</summary>
internal sealed class DropCounter
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Logger, LogLevel Level), long> _pending = [];

    /// <summary>Gets the counts since the start.</summary>
    public RecordCounter All { get; } = new();

    /// <summary>Gets the number of records dropped since the start.</summary>
    public long Total => All.Total;

    public void Add(int logger, LogLevel level)
    {
        lock (_gate)
        {
            _pending[(logger, level)] = _pending.GetValueOrDefault((logger, level)) + 1;
            All.Add(logger, level);
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
