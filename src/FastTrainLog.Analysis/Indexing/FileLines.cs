using System.Globalization;
using System.Runtime.InteropServices;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;

namespace FastTrainLog.Indexing;

/// <summary>Extends the ranges of lines of one file in an index.</summary>
internal sealed class FileLines
{
    // Small enough that little is read beside what is looked for, large enough that a log of gigabytes has thousands of them only.
    private const int RangeBytes = 256 * 1024;
    private const int MostOfRange = 64;

    private readonly IndexStore _store;
    private readonly string _name;
    private readonly List<LineRange> _ranges = [];
    private readonly List<int> _kinds = [];
    private readonly List<int> _runs = [];
    private int _blocks;
    private int _damages;

    // The range that goes on.
    private LinePosition _begin;
    private long _firstStep;
    private long _lastStep;
    private long _firstTicks;
    private long _lastTicks;
    private bool _isOpaque;

    /// <summary>Opens the ranges of a file at their end.</summary>
    /// <param name="store">The index.</param>
    /// <param name="name">The name of their blocks.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="end">How far the file was read.</param>
    public FileLines(IndexStore store, string name, int count, LinePosition end)
    {
        _store = store;
        _name = name;
        _blocks = Math.Max(0, count - 1) / LineRange.OfBlock;
        if (count == 0)
        {
            Open(end);
            return;
        }

        _ranges.AddRange(LineRange.Decode(store.Require(name, _blocks)));
        int kept = count - (_blocks * LineRange.OfBlock);
        if (_ranges.Count < kept)
        {
            throw new InvalidDataException($"The last block of '{name}' in the index has {_ranges.Count} ranges of lines; it should have {kept}.");
        }

        _ranges.RemoveRange(kept, _ranges.Count - kept);
        LineRange last = _ranges[^1];
        if (end.Offset - last.Begin.Offset >= RangeBytes)
        {
            Open(end);
            return;
        }

        // The last range goes on.
        _ranges.RemoveAt(_ranges.Count - 1);
        (_begin, _firstStep, _lastStep, _firstTicks, _lastTicks, _isOpaque) = (last.Begin, last.FirstStep, last.LastStep, last.FirstTicks, last.LastTicks, last.IsOpaque);
        _kinds.AddRange(last.Kinds);
        _runs.AddRange(last.Runs);
    }

    /// <summary>Gets the number of ranges.</summary>
    public int Count => (_blocks * LineRange.OfBlock) + _ranges.Count + 1;

    /// <summary>Returns the name of the blocks of a file.</summary>
    public static string NameOf(int log, ulong identity) => string.Create(CultureInfo.InvariantCulture, $"lines/{log}/{identity:x16}");

    /// <summary>Adds the record that a cursor is at.</summary>
    public void Add(LogCursor cursor, LineNames names, in StoredRecord record, RunName run)
    {
        _isOpaque |= !(Note(_kinds, names.KindOf(record)) & Note(_runs, names.NumberOf(run))) | HasDamage(cursor.Reader);
        if (RecordStep.Of(record) is { } step)
        {
            _firstStep = Math.Min(_firstStep, step);
            _lastStep = Math.Max(_lastStep, step);
        }

        long ticks = record.Time.Ticks;
        _firstTicks = Math.Min(_firstTicks, ticks);
        _lastTicks = Math.Max(_lastTicks, ticks);
        if (cursor.IsAtEndOfLine && cursor.Next is var next && next.Offset - _begin.Offset >= RangeBytes)
        {
            Close();
            Open(next);
        }
    }

    /// <summary>Notes that the file was read to its end.</summary>
    public void End(LineReader reader) => _isOpaque |= HasDamage(reader);

    /// <summary>Writes what is not written yet.</summary>
    public void Save() => _store.Put(_name, _blocks, LineRange.Encode(new ColumnWriter(), [.. _ranges, Current()]));

    private static bool Note(List<int> numbers, int number)
    {
        if (numbers.Contains(number))
        {
            return true;
        }

        if (number == LineNames.Beyond || numbers.Count == MostOfRange)
        {
            return false;
        }

        numbers.Add(number);
        return true;
    }

    // Lines that are not records are reported by whoever reads them, so they are not skipped.
    private bool HasDamage(LineReader reader)
    {
        bool has = reader.Damages > _damages;
        _damages = reader.Damages;
        return has;
    }

    private void Open(LinePosition begin)
    {
        (_begin, _firstStep, _lastStep, _firstTicks, _lastTicks, _isOpaque) = (begin, long.MaxValue, long.MinValue, long.MaxValue, long.MinValue, false);
        _kinds.Clear();
        _runs.Clear();
    }

    private void Close()
    {
        _ranges.Add(Current());
        if (_ranges.Count == LineRange.OfBlock)
        {
            _store.Put(_name, _blocks++, LineRange.Encode(new ColumnWriter(), _ranges));
            _ranges.Clear();
        }
    }

    private LineRange Current()
    {
        // Most ranges have the same kinds and runs as the one before.
        LineRange? before = _ranges.Count > 0 ? _ranges[^1] : null;
        int[] kinds = before is not null && CollectionsMarshal.AsSpan(_kinds).SequenceEqual(before.Kinds) ? before.Kinds : [.. _kinds];
        int[] runs = before is not null && CollectionsMarshal.AsSpan(_runs).SequenceEqual(before.Runs) ? before.Runs : [.. _runs];
        return new LineRange(_begin, _firstStep, _lastStep, _firstTicks, _lastTicks, kinds, runs, _isOpaque);
    }
}
