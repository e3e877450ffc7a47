using Microsoft.Extensions.Logging;

namespace FastTrainLog.Frontend;

/// <summary>Counts records by logger and level. One thread at a time adds; any thread may read concurrently.</summary>
internal sealed class RecordCounter
{
    /// <summary>The number of levels.</summary>
    public const int Levels = (int)LogLevel.None + 1;

    private long[][] _counts = [];
    private long _total;

    public long Total => Volatile.Read(ref _total);

    /// <summary>Returns a level that exists: a caller may give any number.</summary>
    public static LogLevel Nearest(LogLevel level) => (LogLevel)Math.Min((uint)level, Levels - 1);

    public void Add(int logger, LogLevel level)
    {
        if (logger >= _counts.Length)
        {
            long[][] grown = [.. _counts, .. Enumerable.Range(_counts.Length, logger + 1 - _counts.Length).Select(_ => new long[Levels])];
            Volatile.Write(ref _counts, grown);
        }

        _counts[logger][(int)Nearest(level)]++;
        Volatile.Write(ref _total, _total + 1);
    }

    /// <summary>Returns the counts that are not zero.</summary>
    public IEnumerable<(int Logger, LogLevel Level, long Count)> Read()
    {
        long[][] counts = Volatile.Read(ref _counts);
        for (int logger = 0; logger < counts.Length; logger++)
        {
            for (int level = 0; level < Levels; level++)
            {
                long count = Volatile.Read(ref counts[logger][level]);
                if (count > 0)
                {
                    yield return (logger, (LogLevel)level, count);
                }
            }
        }
    }
}
