using System.IO.Hashing;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Indexing;

/// <summary>Which lines of a log's files are read, because the index of the log does not tell that they hold no record that is looked for.</summary>
/// <remarks>
/// Lines that the index has not read, or that are not as it has read them, are read always: a plan never changes what is found. It is a place of a <see cref="LogReader"/>,
/// which then reads only these lines. Not thread-safe.
/// </remarks>
internal sealed class LinePlan : IReadingPlace
{
    private readonly Dictionary<(int Log, ulong Identity), (IReadOnlyList<LineSpan> Spans, IndexedPart Part)> _files = [];
    private readonly HashSet<(int Log, ulong Identity)> _met = [];

    private LinePlan(LineNames names) => Names = names;

    /// <summary>Gets the kinds and the runs of the records that the index has read.</summary>
    public LineNames Names { get; }

    /// <summary>Gets whether every file that the index has read was met by the reader.</summary>
    public bool IsComplete => _files.Keys.All(_met.Contains);

    bool IReadingPlace.ReadsAhead => true;

    bool IReadingPlace.LeavesUnended(LineReader reader, bool isRecord) => false;

    /// <summary>Makes a plan from the index of a log as it is, without extending it.</summary>
    /// <returns>The plan; null if there is no usable index, or nothing can be skipped.</returns>
    public static LinePlan? Read(string directory, LineSelection selection)
    {
        try
        {
            if (IndexFile.Existing(directory).FirstOrDefault() is not { } path)
            {
                return null;
            }

            using IndexStore store = IndexStore.OpenExisting(path);
            return Of(store, IndexedLog.Load(store), selection);
        }
        catch (Exception exception) when (exception is SqliteException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Damaged, or locked by who extends it: all lines are read.
            return null;
        }
    }

    public static LinePlan? Of(IndexStore store, IndexedLog log, LineSelection selection)
    {
        if (log.Names.DependOnOrder)
        {
            return null;
        }

        bool[] kinds = [.. log.Names.Kinds.Select(selection.IsKind)];
        bool[] runs = [.. log.Names.Runs.Select(selection.IsOfRun)];
        var plan = new LinePlan(log.Names);
        bool skips = false;
        foreach (IndexedPart part in log.Parts.All)
        {
            var spans = new List<LineSpan>();
            long read = 0;
            for (int block = 0; block * LineRange.OfBlock < part.Ranges; block++)
            {
                LineRange[] ranges = LineRange.Decode(store.Require(FileLines.NameOf(part.Log, part.Identity), block));
                int count = Math.Min(LineRange.OfBlock, part.Ranges - (block * LineRange.OfBlock));
                if (ranges.Length < count)
                {
                    throw new InvalidDataException($"A block of the index has {ranges.Length} ranges of lines; it should have {count}.");
                }

                foreach (LineRange range in ranges.AsSpan(0, count))
                {
                    read = Math.Max(read, range.Begin.Offset);
                    // The range before ends here.
                    if (spans.Count > 0 && spans[^1].End == long.MaxValue)
                    {
                        spans[^1] = spans[^1] with { End = range.Begin.Offset };
                    }

                    if (range.IsOpaque || Array.Exists(range.Kinds, kind => Knows(kinds, kind)) && Array.Exists(range.Runs, run => Knows(runs, run)) && IsWithin(range, selection))
                    {
                        Add(spans, range.Begin);
                    }
                    else
                    {
                        skips = true;
                    }
                }
            }

            if (spans.Count > 0 && spans[^1].End == long.MaxValue)
            {
                spans[^1] = spans[^1] with { End = part.Position.Offset };
            }

            plan._files.Add((part.Log, part.Identity), (spans, part));
        }

        return skips ? plan : null;
    }

    /// <summary>Returns which lines of a file are read.</summary>
    /// <param name="log">The number of its log.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="plain">The file, if it is not compressed.</param>
    public IReadOnlyList<LineSpan> SpansOf(int log, ulong identity, FileStream? plain)
    {
        _met.Add((log, identity));
        if (!_files.TryGetValue((log, identity), out (IReadOnlyList<LineSpan> Spans, IndexedPart Part) known)
            || (plain is not null && known.Part.IsOther(plain)))
        {
            return LineSpan.All;
        }

        if (known.Part.IsWhole && (plain is null || plain.Length == known.Part.Position.Offset))
        {
            return known.Spans;
        }

        // What follows was not read by the index.
        List<LineSpan> spans = [.. known.Spans];
        Add(spans, known.Part.Position);
        return spans;
    }

    void IReadingPlace.Open() => _met.Clear();

    bool IReadingPlace.IsRead(LogFile file) => false;

    bool IReadingPlace.Begin(LineReader reader)
    {
        IReadOnlyList<LineSpan> spans = LogFileIdentity.Of(reader) is { } identity ? SpansOf(reader.File.Log, identity, reader.Plain) : LineSpan.All;
        reader.Restrict(spans);
        return spans.Count > 0;
    }

    void IReadingPlace.End(LineReader reader, LinePosition position)
    {
    }

    private static bool Knows(bool[] wanted, int number) => number >= 0 && number < wanted.Length ? wanted[number] : throw new InvalidDataException("A range of lines in the index has an unknown kind.");

    private static bool IsWithin(LineRange range, LineSelection selection) =>
        (selection.FirstStep is not { } first || range.LastStep >= first) && (selection.LastStep is not { } last || range.FirstStep <= last)
        && range.LastTicks >= selection.FirstTicks && range.FirstTicks <= selection.LastTicks;

    private static void Add(List<LineSpan> spans, LinePosition begin)
    {
        if (spans.Count > 0 && spans[^1].End == begin.Offset)
        {
            spans[^1] = spans[^1] with { End = long.MaxValue };
        }
        else
        {
            spans.Add(new LineSpan(begin, long.MaxValue));
        }
    }
}
