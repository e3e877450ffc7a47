using System.IO.Hashing;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Indexing;

/// <summary>The files that an index has read, and how far: identified by their first bytes, even after rotation and compression.</summary>
internal sealed class IndexedParts : IReadingPlace
{
    private const int TailBytes = 256;
    private const int MostParts = 1 << 20;

    private readonly Dictionary<(int Log, ulong Identity), Part> _known = [];
    private readonly Dictionary<LineReader, Part> _opened = [];

    /// <summary>Gets or sets whether a line without a line feed is left for later. Everything read while this is false is read again next time.</summary>
    public bool LeavesUnended { get; set; } = true;

    /// <summary>Gets whether the files are no longer those that were read: one is missing, is shorter, or has other content.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Gets whether every known file was among those that were opened.</summary>
    public bool IsComplete => _known.Values.All(part => part.IsSeen);

    /// <summary>Writes the known files to an index, or reads them from it.</summary>
    public void Carry(StateCodec codec)
    {
        List<Part> parts = [.. _known.Values];
        codec.List(parts, part => new Part(codec.Value(part?.Log ?? 0), codec.Value(part?.Identity ?? 0))
        {
            Position = codec.Value(part?.Position ?? default),
            Tail = codec.Value(part?.Tail ?? 0),
            IsWhole = codec.Value(part?.IsWhole ?? false),
        });
        _known.Clear();
        foreach (Part part in parts)
        {
            _known[(part.Log, part.Identity)] = part;
        }
    }

    public void Open()
    {
        _opened.Clear();
        IsStale = false;
        foreach (Part part in _known.Values)
        {
            part.IsSeen = false;
        }
    }

    public bool IsRead(LogFile file) => false;

    public bool Begin(LineReader reader)
    {
        if (LogFileIdentity.Of(reader) is not { } identity)
        {
            // There is no complete line yet.
            return true;
        }

        if (!_known.TryGetValue((reader.File.Log, identity), out Part? part))
        {
            part = _known.Count < MostParts ? new Part(reader.File.Log, identity) : throw new InvalidDataException($"The log has more than {MostParts} files.");
        }
        else
        {
            part.IsSeen = true;
            IsStale |= !reader.File.IsCompressed && TailOf(reader, part.Position) != part.Tail;
            if (part.IsWhole && (reader.File.IsCompressed || reader.File.Length == part.Position.Offset))
            {
                return false;
            }

            if (!IsStale)
            {
                reader.SkipTo(part.Position);
            }
        }

        _opened[reader] = part;
        return true;
    }

    public void End(LineReader reader, LinePosition position)
    {
        if (!LeavesUnended || position.Offset == 0 || !_opened.TryGetValue(reader, out Part? part))
        {
            return;
        }

        part.Position = position;
        part.IsSeen = true;
        part.IsWhole = reader.File.Backup > 0 && reader.Failure is null;
        // A compressed file has no position to check; it is never written again.
        part.Tail = reader.File.IsCompressed ? part.Tail : TailOf(reader, position) ?? 0;
        _known[(part.Log, part.Identity)] = part;
    }

    private static ulong? TailOf(LineReader reader, LinePosition position)
    {
        Span<byte> bytes = stackalloc byte[(int)Math.Min(TailBytes, position.Offset)];
        return reader.ReadAt(position.Offset - bytes.Length, bytes) == bytes.Length ? XxHash3.HashToUInt64(bytes) : null;
    }

    private sealed class Part(int log, ulong identity)
    {
        public int Log => log;

        public ulong Identity => identity;

        public LinePosition Position { get; set; }

        public ulong Tail { get; set; }

        public bool IsWhole { get; set; }

        public bool IsSeen { get; set; }
    }
}
