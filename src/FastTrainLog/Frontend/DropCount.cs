using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>How many records of a category were dropped at a level, and how many of them the log has reported.</summary>
/// <param name="category">The category.</param>
/// <param name="level">The level.</param>
/// <param name="kept">Where they are counted for a later reader too; null if nowhere.</param>
internal sealed unsafe class DropCount(string category, LogLevel level, long* kept)
{
    private long _dropped;
    private long _reported;

    public string Category => category;

    public LogLevel Level => level;

    /// <summary>Gets the number since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Counts a record. Thread-safe.</summary>
    public void Add()
    {
        // Before it can be reported: a recovery tells what was counted less what was told.
        if (kept != null)
        {
            Interlocked.Increment(ref *kept);
        }

        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Takes the count of those that were not yet reported. For one thread.</summary>
    public long Take()
    {
        long taken = Dropped - _reported;
        _reported += taken;
        return taken;
    }

    /// <summary>Gives a count back that was taken, and whose report was dropped itself.</summary>
    public void Return(long count) => _reported -= count;
}
