using System.Runtime.InteropServices;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>The records that were read lately: at most 8 MiB of them, and beyond 64 KiB those of 10 s.</summary>
/// <remarks>
/// A second of shipping adds hundreds of thousands, and each batch stores them with the cursor. So they are kept in pieces of records that follow each other in a file: of each there are a hash and a length,
/// and a piece is copied as a whole and forgotten as a whole.
/// </remarks>
internal sealed class RecentRecords
{
    /// <summary>The most bytes of lines that are remembered.</summary>
    public const int MostBytes = 8 << 20;

    // What a process writes between two checkpoints: milliseconds of it, but after a burst as much as its buffers had.
    private const int LeastBytes = 64 * 1024;
    private const long KeptFor = 10_000;
    private const int MostOfPiece = 64 * 1024;
    private const long PieceTime = 1000;

    private readonly Queue<Piece> _pieces = new();
    private Piece? _last;
    private Piece? _forgotten;
    private long _bytes;

    /// <summary>Adds a record, and forgets the oldest ones.</summary>
    public void Add(in RecentRecord record)
    {
        if (_last?.TryAdd(record) != true)
        {
            // At full speed a piece is forgotten for each one that is begun.
            _last = _forgotten ?? new Piece();
            _forgotten = null;
            _last.Begin(record);
            _pieces.Enqueue(_last);
        }

        _bytes += record.Length;
        while (_bytes > LeastBytes && _pieces.Count > 1 && _pieces.Peek() is var oldest
            && (_bytes > MostBytes || (_bytes - oldest.Bytes >= LeastBytes && record.Read - oldest.Read > KeptFor)))
        {
            _forgotten = _pieces.Dequeue();
            _bytes -= _forgotten.Bytes;
        }
    }

    /// <summary>Returns whether a file has some of them.</summary>
    public bool Has(ulong file) => _pieces.Any(piece => piece.File == file);

    /// <summary>Returns all of them, the oldest first.</summary>
    public RecentRecord[] ToArray()
    {
        var records = new List<RecentRecord>();
        foreach (Piece piece in _pieces)
        {
            piece.CopyTo(records);
        }

        return [.. records];
    }

    /// <summary>Adds at least the latest ones to a list, the oldest first.</summary>
    public void CopyLatest(int count, List<RecentRecord> records)
    {
        int skipped = _pieces.Sum(static piece => piece.Count) - count;
        foreach (Piece piece in _pieces)
        {
            skipped -= piece.Count;
            if (skipped < 0)
            {
                piece.CopyTo(records);
            }
        }
    }

    /// <summary>Replaces all of them.</summary>
    public void Replace(RecentRecord[] records)
    {
        _pieces.Clear();
        _last = null;
        _bytes = 0;
        foreach (RecentRecord record in records)
        {
            Add(record);
        }
    }

    public void Carry(StateCodec codec)
    {
        int count = codec.Value(_pieces.Count);
        if (!codec.IsReading)
        {
            foreach (Piece piece in _pieces)
            {
                piece.Carry(codec);
            }

            return;
        }

        Replace([]);
        for (int i = 0; i < count; i++)
        {
            _last = new Piece();
            _last.Carry(codec);
            _pieces.Enqueue(_last);
            _bytes += _last.Bytes;
        }
    }

    // Each line follows the one before it, and is the only record on it; but the last one may have others beside it, and then nothing is added.
    private sealed class Piece
    {
        private Line[] _lines = new Line[16];
        private int _count;
        private ulong _file;
        private LinePosition _begin;
        private LinePosition _end;
        private int _bytes;

        public ulong File => _file;

        public int Count => _count;

        public int Bytes => _bytes;

        /// <summary>Gets when its first record was read.</summary>
        public long Read { get; private set; } = Environment.TickCount64;

        public void Begin(in RecentRecord first)
        {
            _file = first.File;
            _begin = new LinePosition(first.Offset, first.Next.Lines - 1);
            Read = first.Read;
            (_count, _bytes) = (0, 0);
            Append(first);
        }

        public bool TryAdd(in RecentRecord record)
        {
            bool follows = record.File == _file && record.Offset == _end.Offset && record.Next == AfterLine(record.Length, _end) && IsRegular;
            if (!follows || _bytes + record.Length > MostOfPiece || record.Read - Read > PieceTime)
            {
                return false;
            }

            Append(record);
            return true;
        }

        public void CopyTo(List<RecentRecord> records)
        {
            LinePosition at = _begin;
            for (int i = 0; i < _count; i++)
            {
                Line line = _lines[i];
                LinePosition next = i == _count - 1 ? _end : AfterLine(line.Length, at);
                records.Add(new RecentRecord(_file, at.Offset, line.Length, line.Hash, next, Read));
                at = next;
            }
        }

        public void Carry(StateCodec codec)
        {
            codec.Value(ref _file);
            codec.Value(ref _begin);
            codec.Value(ref _end);
            codec.Value(ref _bytes);
            codec.Value(ref _count);
            _lines = codec.IsReading ? new Line[_count] : _lines;
            codec.Values(_lines.AsSpan(0, _count));
        }

        private bool IsRegular => _end == new LinePosition(_begin.Offset + _bytes + _count, _begin.Lines + _count);

        private void Append(in RecentRecord record)
        {
            if (_count == _lines.Length)
            {
                Array.Resize(ref _lines, _count * 2);
            }

            _lines[_count++] = new Line(record.Hash, record.Length);
            _end = record.Next;
            _bytes += record.Length;
        }

        private static LinePosition AfterLine(int length, LinePosition before) => new(before.Offset + length + 1, before.Lines + 1);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Line(ulong Hash, int Length);
}
