using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Indexing;

/// <summary>The files that an index has read, and how far: identified by their first bytes, even after rotation and compression.</summary>
internal sealed class IndexedParts(IndexStore store) : IReadingPlace
{
    private const int MostParts = 1 << 20;

    private readonly Dictionary<(int Log, ulong Identity), IndexedPart> _known = [];
    private readonly Dictionary<LineReader, IndexedPart> _opened = [];
    private (LineReader? Reader, IndexedPart? Part) _last;

    /// <summary>Gets or sets whether a line without a line feed is left for later, in files that are not compressed. Everything read while this is false is read again next time.</summary>
    public bool LeavesUnended { get; set; } = true;

    public bool ReadsAhead => true;

    /// <summary>Gets whether the files are no longer those that were read: one is missing, is shorter, or has other content.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Gets whether a file that is not compressed goes on behind what was read of it, if only with a line without a line feed.</summary>
    public bool HasRest { get; private set; }

    /// <summary>Gets whether every known file was among those that were opened.</summary>
    public bool IsComplete => _known.Values.All(part => part.IsSeen);

    /// <summary>Gets all of them.</summary>
    public IReadOnlyCollection<IndexedPart> All => _known.Values;

    /// <summary>Writes the known files to an index, or reads them from it.</summary>
    public void Carry(StateCodec codec)
    {
        List<IndexedPart> parts = [.. _known.Values];
        codec.List(parts, part => IndexedPart.Carry(codec, part));
        _known.Clear();
        foreach (IndexedPart part in parts)
        {
            _known[(part.Log, part.Identity)] = part;
        }
    }

    /// <summary>Adds the record that a cursor is at to the ranges of lines of its file.</summary>
    public void Add(LogCursor cursor, LineNames names, in StoredRecord record, RunName run)
    {
        if (_last.Reader != cursor.Reader)
        {
            _last = (cursor.Reader, _opened.GetValueOrDefault(cursor.Reader));
        }

        if (_last.Part is { } part)
        {
            part.Lines ??= new FileLines(store, FileLines.NameOf(part.Log, part.Identity), part.Ranges, part.Position);
            part.Lines.Add(cursor, names, record, run);
        }
    }

    /// <summary>Writes the ranges of lines.</summary>
    public void Save()
    {
        foreach (IndexedPart part in _known.Values)
        {
            part.Save();
        }
    }

    public void Open()
    {
        _opened.Clear();
        _last = default;
        (IsStale, HasRest) = (false, false);
        foreach (IndexedPart part in _known.Values)
        {
            part.IsSeen = false;
        }
    }

    bool IReadingPlace.LeavesUnended(LineReader reader, bool isRecord) => LeavesUnended && !reader.File.IsCompressed;

    public bool IsRead(LogFile file) => false;

    public bool Begin(LineReader reader)
    {
        if (LogFileIdentity.Of(reader) is not { } identity)
        {
            // There is no complete line yet.
            HasRest = true;
            return true;
        }

        if (!_known.TryGetValue((reader.File.Log, identity), out IndexedPart? part))
        {
            part = _known.Count < MostParts ? new IndexedPart(reader.File.Log, identity) : throw new InvalidDataException($"The log has more than {MostParts} files.");
        }
        else
        {
            part.IsSeen = true;
            IsStale |= reader.Plain is { } plain && part.IsOther(plain);
            if (part.IsWhole && (reader.File.IsCompressed || reader.File.Length == part.Position.Offset))
            {
                return false;
            }

            if (!IsStale)
            {
                reader.SkipTo(part.Position);
            }
        }

        HasRest |= !reader.File.IsCompressed && reader.File.Length > part.Position.Offset;
        _opened[reader] = part;
        return true;
    }

    public void End(LineReader reader, LinePosition position)
    {
        // A reader that is done with is not kept: it has the memory that its file was read through.
        _last = default;
        if (_opened.Remove(reader, out IndexedPart? part) && LeavesUnended && (position.Offset != 0 || reader.IsDamaged))
        {
            part.End(reader, position);
            _known[(part.Log, part.Identity)] = part;
        }
    }
}
