using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FastTrainLog.Reading;
using FastTrainLog.State;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>How far one log of a directory was read: in which file, and where in it. Everything older is done.</summary>
/// <remarks>
/// A recovery truncates the last lines of a file and writes them again, not always in the same order. So the latest records are remembered by their hashes: the reading
/// goes back to the last one that is still there, and those that it meets again are passed over.
/// </remarks>
internal sealed class LogProgress(int log)
{
    private const int MostFinished = 64;
    private const int TailBytes = 256;
    private const int PieceBytes = 256 * 1024;

    private const long RewrittenWithin = 4 * RecentRecords.MostBytes;

    private readonly List<(ulong File, LinePosition End)> _finished = [];
    private readonly RecentRecords _recent = new();
    private readonly List<RecentRecord> _latest = [];
    private readonly Dictionary<ulong, int> _rewritten = [];
    private long _rewrittenLeft;
    private ulong _file;
    private LinePosition _position;
    private long _length;
    private ulong _tail;
    private uint _rewrites;
    private long _ticks;
    private bool _isWhole;
    private int _unchecked;
    private LineReader? _found;
    private int _foundFinished = -1;

    public int Log => log;

    /// <summary>Gets whether the file of the cursor, or an older one that is done, was found in this pass: what is older still is done too.</summary>
    public bool IsFound { get; private set; }

    /// <summary>Notes that the files are opened, from the newest on; again if they were renamed meanwhile.</summary>
    public void BeginPass()
    {
        IsFound = false;
        (_found, _foundFinished) = (null, -1);
    }

    /// <summary>Looks at an opened file. Nothing is changed yet: in the middle of a rotation, a file that is there may not be found.</summary>
    /// <returns>Whether there may be something to read.</returns>
    public bool Begin(LineReader reader, ulong identity)
    {
        if (identity == _file)
        {
            IsFound = true;
            _found = reader.File.IsCompressed && _isWhole && !_recent.Has(identity) ? null : reader;
            return _found is not null;
        }

        _foundFinished = _finished.FindIndex(known => known.File == identity);
        if (_foundFinished < 0)
        {
            return true;
        }

        IsFound = true;
        _found = reader.File.IsCompressed && !_recent.Has(identity) ? null : reader;
        return _found is not null;
    }

    /// <summary>Moves the files, all of which are open now, to where their reading continues.</summary>
    /// <returns>The bytes known to be lost, because the cursor's file is gone.</returns>
    public long EndOpening()
    {
        if (_file == 0)
        {
            return 0;
        }

        long lost = 0;
        if (!IsFound || _foundFinished >= 0)
        {
            lost = _isWhole ? 0 : Math.Max(0, _length - _position.Offset);
            if (GoBack())
            {
                // A recovery has deleted it, and writes its records into the file before it.
                lost = 0;
            }
        }
        else if (_found is not null)
        {
            CutBack(_found);
        }

        if (_found is not null)
        {
            _found.SkipTo(_position);
            _length = Math.Max(_position.Offset, _found.File.IsCompressed ? _length : _found.File.Length);
        }

        return lost;
    }

    /// <summary>Returns whether a record of a reduced file was shipped before the file was reduced, as far as its time tells.</summary>
    public bool WasShippedBefore(long ticks) => ticks <= _ticks;

    /// <summary>Gets the time of the last record that was read, in UTC ticks; 0 if there is none.</summary>
    public long Ticks => _ticks;

    /// <summary>Gets whether anything was read before.</summary>
    public bool HasBegun => _ticks != 0;

    /// <summary>Returns the identity of a file's content: another one after its end was truncated and written again, so that a place in it never has two records.</summary>
    public ulong ContentOf(ulong identity) => identity == _file ? identity + _rewrites : identity;

    /// <summary>Notes a record.</summary>
    /// <returns>Whether it is to be shipped: it is not one that was shipped, truncated and written again.</returns>
    public bool Take(in StoredRecord record, ulong identity, long offset, LinePosition next)
    {
        MoveTo(identity);
        _position = next;
        _length = Math.Max(_length, record.File.IsCompressed ? next.Offset : record.File.Length);
        // Not the latest: a clock that was ahead for a moment would say that everything since was read.
        _ticks = record.Time.Ticks;
        ulong hash = RecentRecord.HashOf(record.Utf8Json);
        // What is compressed is never written again.
        if (!record.File.IsCompressed)
        {
            _recent.Add(new RecentRecord(identity, offset, record.Utf8Json.Length, hash, next, Environment.TickCount64));
            _unchecked++;
        }

        if (_rewritten.Count == 0)
        {
            return true;
        }

        _rewrittenLeft -= record.Utf8Json.Length;
        if (_rewritten.Remove(hash, out int times))
        {
            if (times > 1)
            {
                _rewritten.Add(hash, times - 1);
            }

            return false;
        }

        if (_rewrittenLeft < 0)
        {
            _rewritten.Clear();
        }

        return true;
    }

    /// <summary>Returns whether what was read of the file since the last call is still there, and was not read in part before and in part after a recovery truncated it.</summary>
    public bool IsIntact(LineReader reader, ulong identity)
    {
        if (identity != _file || reader.File.IsCompressed)
        {
            return true;
        }

        if (_unchecked > 0 && reader.IsDeleted)
        {
            // By a recovery, which writes its records into the file before it, after what is missing there.
            return false;
        }

        // With the last one of before: had it moved, what was read after it could be all new, and not all of it.
        _latest.Clear();
        _recent.CopyLatest(_unchecked + 1, _latest);
        _latest.RemoveAll(record => record.File != identity);
        _unchecked = 0;
        return CountThere(reader, CollectionsMarshal.AsSpan(_latest)) == _latest.Count;
    }

    /// <summary>Notes that a file was read to its end.</summary>
    public void End(LineReader reader, ulong identity, LinePosition position)
    {
        MoveTo(identity);
        _position = position;
        _length = Math.Max(_length, position.Offset);
        _tail = reader.File.IsCompressed ? _tail : TailOf(reader, position) ?? 0;
        _isWhole = reader.File.Backup > 0 && reader.Failure is null;
    }

    public void Carry(StateCodec codec)
    {
        codec.Value(ref _file);
        codec.Value(ref _position);
        codec.Value(ref _length);
        codec.Value(ref _tail);
        codec.Value(ref _rewrites);
        codec.Value(ref _ticks);
        codec.Value(ref _isWhole);
        codec.List(_finished, item => codec.Value(item));
        _recent.Carry(codec);
        codec.Dictionary(_rewritten, hash => codec.Value(hash), (_, times) => codec.Value(times));
        codec.Value(ref _rewrittenLeft);
    }

    private void MoveTo(ulong identity)
    {
        if (identity == _file)
        {
            return;
        }

        _finished.RemoveAll(known => known.File == identity);
        if (_file != 0)
        {
            _finished.Add((_file, _position));
            _finished.RemoveRange(0, Math.Max(0, _finished.Count - MostFinished));
        }

        (_file, _length, _isWhole, _rewrites) = (identity, 0, false, 0);
    }

    // Goes on from the youngest finished file that was found, if any.
    private bool GoBack()
    {
        ulong file = _foundFinished < 0 ? 0 : _finished[_foundFinished].File;
        RecentRecord[] all = _recent.ToArray();
        int last = Array.FindLastIndex(all, record => record.File == file);
        Expect(all[(last + 1)..]);
        _recent.Replace(all[..(last + 1)]);
        (_file, _position, _length, _isWhole, _rewrites) = (file, file == 0 ? default : _finished[_foundFinished].End, 0, false, 0);
        _finished.RemoveRange(Math.Max(0, _foundFinished), _finished.Count - Math.Max(0, _foundFinished));
        LinePosition end = _position;
        if (_found is not null)
        {
            CutBack(_found);
        }

        return _found is not null && (_position != end || (!_found.File.IsCompressed && _found.File.Length > end.Offset));
    }

    // Goes back to before the first remembered record that is no longer where it was.
    private void CutBack(LineReader reader)
    {
        RecentRecord[] all = _recent.ToArray();
        RecentRecord[] own = [.. all.Where(record => record.File == _file)];
        int there = reader.File.IsCompressed ? CountThereCompressed(reader.File.Path, own) : CountThere(reader, own);
        LinePosition next = there == 0 ? default : own[there - 1].Next;
        if (there == own.Length)
        {
            if (reader.File.IsCompressed)
            {
                // It is never truncated again.
                _recent.Replace([.. all.Where(record => record.File != _file)]);
            }
            else
            {
                // What follows the last record is damaged lines, in whose place there may be others.
                _position = _position == next || (TailOf(reader, _position) == _tail && !IsWithinLine(reader, _position)) ? _position : next;
            }

            return;
        }

        Expect(own[there..]);
        _recent.Replace([.. all.Where(record => record.File != _file), .. own[..there]]);

        // From the start of the file, where even the oldest remembered one is gone: what was sent before is sent again, and nothing is lost.
        _position = next;
        _isWhole = false;
        _rewrites++;
    }

    private void Expect(IEnumerable<RecentRecord> records)
    {
        foreach (RecentRecord record in records)
        {
            _rewritten[record.Hash] = _rewritten.GetValueOrDefault(record.Hash) + 1;
        }

        _rewrittenLeft = RewrittenWithin;
    }

    // The last line had no line feed, and a recovery has written on in it since.
    private static bool IsWithinLine(LineReader reader, LinePosition position)
    {
        Span<byte> around = stackalloc byte[2];
        return position.Offset > 0 && reader.ReadAt(position.Offset - 1, around) == around.Length && !around.Contains((byte)'\n');
    }

    private static ulong? TailOf(LineReader reader, LinePosition position)
    {
        Span<byte> bytes = stackalloc byte[(int)Math.Min(TailBytes, position.Offset)];
        return reader.ReadAt(position.Offset - bytes.Length, bytes) == bytes.Length ? XxHash3.HashToUInt64(bytes) : null;
    }

    // It may have been truncated before it was compressed.
    private static int CountThereCompressed(string path, RecentRecord[] own)
    {
        using var content = new CompressedFile(RegularFile.Open(path));
        byte[] bytes = new byte[64 * 1024];
        long position = 0;
        int there = 0;
        try
        {
            foreach (RecentRecord record in own)
            {
                Array.Resize(ref bytes, Math.Max(bytes.Length, record.Length));
                while (position < record.Offset && content.Read(bytes.AsSpan(0, (int)Math.Min(bytes.Length, record.Offset - position))) is > 0 and var passed)
                {
                    position += passed;
                }

                Span<byte> line = bytes.AsSpan(0, record.Length);
                if (position != record.Offset || content.ReadAtLeast(line, line.Length, throwOnEndOfStream: false) < line.Length || RecentRecord.HashOf(line) != record.Hash)
                {
                    break;
                }

                position += line.Length;
                there++;
            }
        }
        catch (InvalidDataException)
        {
            // Damaged from here on, which the reading tells.
        }

        return there;
    }

    // How many of the first ones are where they were. They follow each other, so many are read at once.
    private static int CountThere(LineReader reader, ReadOnlySpan<RecentRecord> own)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            (long start, int length) = (0, 0);
            for (int there = 0; there < own.Length; there++)
            {
                RecentRecord record = own[there];
                if (record.Offset < start || record.Offset + record.Length > start + length)
                {
                    if (bytes.Length < record.Length)
                    {
                        ArrayPool<byte>.Shared.Return(bytes);
                        bytes = ArrayPool<byte>.Shared.Rent(record.Length);
                    }

                    start = record.Offset;
                    length = reader.ReadAt(start, bytes);
                    if (length < record.Length)
                    {
                        return there;
                    }
                }

                if (RecentRecord.HashOf(bytes.AsSpan((int)(record.Offset - start), record.Length)) != record.Hash)
                {
                    return there;
                }
            }

            return own.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
