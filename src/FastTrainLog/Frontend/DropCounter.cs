using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Counts dropped records by category and level. Thread-safe; only the first drop of a logger at a level takes a lock.</summary>
/// <param name="store">Keeps the counts for a later reader too.</param>
internal sealed class DropCounter(PageStore store)
{
    [ThreadStatic]
    private static long _ofThisThread;

    private readonly Lock _gate = new();
    private DropCount[] _counts = [];

    /// <summary>Gets how many records of calls of this thread were dropped: a call by which it changes was not logged.</summary>
    public static long OfThisThread => _ofThisThread;

    /// <summary>Gets the counts.</summary>
    public DropCount[] Counts => Volatile.Read(ref _counts);

    /// <summary>Gets the number of records dropped since the start.</summary>
    public long Total => Counts.Sum(static count => count.Dropped);

    /// <summary>Counts a record of a logger.</summary>
    public void Add(TrainLogger logger, LogLevel level)
    {
        _ofThisThread++;
        level = RecordCounter.Nearest(level);
        ref DropCount? known = ref logger.DropCountAt(level);
        DropCount? count = Volatile.Read(ref known);
        if (count is null)
        {
            count = Find(logger, level);
            Volatile.Write(ref known, count);
        }

        count.Add();
        // The caller may be the last to know the log, whose memory must not be freed meanwhile.
        GC.KeepAlive(logger);
    }

    private unsafe DropCount Find(TrainLogger logger, LogLevel level)
    {
        lock (_gate)
        {
            DropCount? count = Array.Find(_counts, count => count.Level == level && count.Category == logger.Category);
            if (count is null)
            {
                count = new DropCount(logger.Category, level, store.DropCountAt(logger.Id, logger.Category, level));
                Volatile.Write(ref _counts, [.. _counts, count]);
            }

            return count;
        }
    }
}
