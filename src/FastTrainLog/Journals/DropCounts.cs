using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Journals;

/// <summary>How many records were dropped, in a journal: by category and level, with how many of them the files tell.</summary>
/// <remarks>
/// The first rows, one for each level, are for what has no row of its own. Told counts are part of a checkpoint, so there are two, as there are two slots: what the files tell by the checkpoint in use must stay while
/// the next one is written. Thread-safe.
/// </remarks>
/// <param name="rows">Where they are: <see cref="MostRows"/> rows of zeros at the start.</param>
internal sealed unsafe class DropCounts(DropCounts.Row* rows)
{
    public const int MostRows = 1024;
    public const int RowBytes = 32;

    /// <summary>The rows for what has no row of its own, by level.</summary>
    public const int OtherRows = (int)LogLevel.None + 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Category, LogLevel Level), int> _rows = [];
    private readonly long[] _told = new long[MostRows];
    private int _used = OtherRows;

    /// <summary>Counts a dropped record.</summary>
    public void Add(int logger, string category, LogLevel level)
    {
        lock (_gate)
        {
            if (!_rows.ContainsKey((category, level)) && _used < MostRows)
            {
                rows[_used].Logger = logger;
                rows[_used].Level = (int)level;
                _rows.Add((category, level), _used++);
            }

            rows[RowOf(category, level)].Dropped++;
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
                (slot == 0 ? ref rows[row].Told0 : ref rows[row].Told1) = _told[row];
            }
        }
    }

    private int RowOf(string category, LogLevel level) => _rows.TryGetValue((category, level), out int row) ? row : Math.Clamp((int)level, 0, OtherRows - 1);

    /// <summary>What was dropped of a category at a level.</summary>
    [StructLayout(LayoutKind.Sequential, Size = RowBytes)]
    internal struct Row
    {
        /// <summary>A logger of the category.</summary>
        public int Logger;

        /// <summary>The level.</summary>
        public int Level;

        /// <summary>How many were dropped.</summary>
        public long Dropped;

        /// <summary>How many of them the files tell by the checkpoint in slot 0.</summary>
        public long Told0;

        /// <summary>How many of them the files tell by the checkpoint in slot 1.</summary>
        public long Told1;
    }
}
