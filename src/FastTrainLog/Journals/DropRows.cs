using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Journals;

/// <summary>How many records were dropped, in a journal: by category and level, with how many of them the files tell.</summary>
/// <remarks>
/// <para>
/// The first rows, one for each level, are for what has no row of its own. Told counts are part of a checkpoint, so there are two, as there are two slots: what the files tell by the checkpoint in use must stay while
/// the next one is written.
/// </para>
/// <para>
/// A row is four aligned words of 8 bytes, each of which is written at once, and the first before the others: a killed process leaves no part of a word, and no count without its category. So rows need no checksum. Damage,
/// and a loss of power, may leave words of several moments; <see cref="UntoldDrops"/> believes only what can be.
/// </para>
/// </remarks>
/// <param name="rows">Where they are: <see cref="MostRows"/> rows of zeros at the start.</param>
internal sealed unsafe class DropRows(DropRows.Row* rows)
{
    public const int MostRows = 1024;
    public const int RowBytes = 32;

    /// <summary>The rows for what has no row of its own, by level.</summary>
    public const int OtherRows = RecordCounter.Levels;

    /// <summary>More than a process can count: at one record a nanosecond it takes two years.</summary>
    public const long MostRecords = 1L << 56;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Category, LogLevel Level), int> _rows = [];
    private readonly long[] _told = new long[MostRows];
    private int _used = OtherRows;

    /// <summary>Returns where the dropped records of a category at a level are counted. To be called once for each.</summary>
    public long* Add(int logger, string category, LogLevel level)
    {
        lock (_gate)
        {
            if (_used < MostRows)
            {
                Volatile.Write(ref rows[_used].Key, Row.KeyOf(logger, level));
                _rows.Add((category, level), _used++);
            }

            return &rows[RowOf(category, level)].Dropped;
        }
    }

    /// <summary>Notes that a report of dropped records was passed to the files.</summary>
    public void Tell(long count, string category, LogLevel level)
    {
        lock (_gate)
        {
            _told[RowOf(category, level)] += count;
        }
    }

    /// <summary>Notes what has been told, for a checkpoint.</summary>
    /// <param name="slot">Its slot, 0 or 1.</param>
    public void Save(int slot)
    {
        lock (_gate)
        {
            for (int row = 0; row < _used; row++)
            {
                Volatile.Write(ref slot == 0 ? ref rows[row].Told0 : ref rows[row].Told1, _told[row]);
            }
        }
    }

    private int RowOf(string category, LogLevel level) => _rows.TryGetValue((category, level), out int row) ? row : (int)RecordCounter.Nearest(level);

    /// <summary>What was dropped of a category at a level.</summary>
    [StructLayout(LayoutKind.Sequential, Size = RowBytes)]
    internal struct Row
    {
        /// <summary>The level, above a logger of the category.</summary>
        public ulong Key;

        /// <summary>How many were dropped.</summary>
        public long Dropped;

        /// <summary>How many of them the files tell by the checkpoint in slot 0.</summary>
        public long Told0;

        /// <summary>How many of them the files tell by the checkpoint in slot 1.</summary>
        public long Told1;

        /// <summary>Gets the logger.</summary>
        public readonly int Logger => (int)Key;

        /// <summary>Gets the level, which is none that exists if the row is damaged.</summary>
        public readonly LogLevel Level => (LogLevel)(int)(Key >> 32);

        public static ulong KeyOf(int logger, LogLevel level) => (uint)logger | ((ulong)level << 32);
    }
}
