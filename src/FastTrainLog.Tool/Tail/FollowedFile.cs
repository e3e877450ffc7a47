using FastTrainLog.Reading;
using static FastTrainLog.Tool.Tail.RotatedPath;

namespace FastTrainLog.Tool.Tail;

/// <summary>A log file whose lines are read as they are written: each once, across rotation, compression, deletion and truncation.</summary>
/// <remarks>
/// Files are identified by their first bytes, because a rotation renames them, a compression creates new ones, and a file system reuses
/// the number of a deleted file. The file that is read is held open, so a rename or a deletion loses nothing. If the
/// path names another file than the one held, the rotated files are opened from the youngest to the oldest, in which direction a
/// rotation moves them, so none is missed, up to the first that is known. Not thread-safe.
/// </remarks>
internal sealed class FollowedFile : IDisposable
{
    private const int KnownAtStart = 16;
    private const int MostAttempts = 100;

    private readonly RotatedPath _path;
    private readonly HashSet<string> _known = [];
    private readonly List<string> _damaged = [];
    private readonly ShownLines _shown = new();
    private readonly MemoryStream _partial = new();
    private readonly byte[] _block = new byte[64 * 1024];
    private FileStream? _held;
    private byte[] _beginning = [];
    private long _position;
    private bool _isTooLong;

    /// <param name="path">The file's path; it need not be there yet.</param>
    /// <param name="fromEnd">Whether lines that are there already are skipped.</param>
    public FollowedFile(string path, bool fromEnd)
    {
        _path = new RotatedPath(path);
        if (!fromEnd)
        {
            return;
        }

        // Before the rotated files, so that none is missed if it is rotated in between.
        _held = _path.TryOpen();
        var rotated = new List<string>();
        foreach (int number in _path.BackupNumbers().Take(KnownAtStart))
        {
            using Stream? backup = _path.OpenBackup(number);
            if (backup is not null)
            {
                rotated.Add(Identity(Beginning(backup)));
            }
        }

        // Those that are younger than it are read as new.
        _known.UnionWith(rotated.Skip(_held is null ? 0 : rotated.IndexOf(Identity(Beginning(_held))) + 1));
        if (_held is not null)
        {
            _position = ReverseLines.EndOfLastLine(_held);
            NoteBeginning();
        }
    }

    /// <summary>Takes a line, without its line feed.</summary>
    public delegate void LineTaker(ReadOnlySpan<byte> line);

    /// <summary>Gets whether rotated files were deleted before they could be read.</summary>
    public bool HasLostFiles { get; private set; }

    /// <summary>Gets which rotated files could not be read to their ends, and why.</summary>
    public IReadOnlyList<string> Damaged => _damaged;

    /// <summary>Returns the lines that were skipped at the start, the latest first.</summary>
    /// <param name="linesOf">Returns which lines of a file are needed, from its first lines, and the file itself if it is not compressed.</param>
    public IEnumerable<byte[]> PassedOver(Func<byte[], FileStream?, IReadOnlyList<LineSpan>> linesOf)
    {
        string? held = null;
        if (_held is not null)
        {
            byte[] beginning = Beginning(_held);
            held = Identity(beginning);
            foreach (ReverseLine line in ReverseLines.Of(_held, _position, linesOf(beginning, _held)))
            {
                yield return line.Line;
            }
        }

        // Younger ones were rotated since the start: they are read as new.
        bool isOlder = false;
        foreach (int number in _path.BackupNumbers())
        {
            using Stream? backup = _path.OpenBackup(number);
            byte[] beginning = backup is null ? [] : Beginning(backup);
            string? identity = backup is null ? null : Identity(beginning);
            isOlder |= identity is not null && _known.Contains(identity);
            if (!isOlder || backup is null || identity == held)
            {
                continue;
            }

            IEnumerable<ReverseLine> lines = backup is FileStream plain
                ? ReverseLines.Of(plain, ReverseLines.EndOfLastLine(plain), linesOf(beginning, plain))
                : ReverseLines.Of((CompressedFile)backup, failure => _damaged.Add($"{((CompressedFile)backup).File.Name} cannot be read to its end: {failure}"), long.MaxValue, linesOf(beginning, null));
            foreach (ReverseLine line in lines)
            {
                yield return line.Line;
            }
        }
    }

    /// <summary>Reads what was written since the last call.</summary>
    public void Poll(LineTaker take)
    {
        Drain(take);
        FileStream? now = _path.TryOpen();
        if (_held is not null && now is not null && IsHeld(now))
        {
            if (now.Length < _position)
            {
                _shown.Cut(now.Length, _position);
                _position = now.Length;
                _partial.SetLength(0);
            }

            now.Dispose();
            return;
        }

        // A file that is renamed or replaced is no longer written: what was added in between is read now.
        Drain(take);
        ReadBackups(ref now, take);
        if (_partial.Length > 0)
        {
            take(_partial.GetBuffer().AsSpan(0, (int)_partial.Length));
        }

        if (_held is not null)
        {
            _known.Add(Identity(Beginning(_held)));
            _held.Dispose();
        }

        Begin(now);
        Drain(take);
    }

    public void Dispose() => _held?.Dispose();

    private void Begin(FileStream? file)
    {
        _held = file;
        _position = 0;
        _beginning = [];
        _partial.SetLength(0);
        _isTooLong = false;
        _shown.Clear();
    }

    private void ReadBackups(ref FileStream? now, LineTaker take)
    {
        string? held = _held is { Length: > 0 } ? Identity(Beginning(_held)) : null;
        List<(Stream Stream, string Identity)> younger = OpenYounger(held, now, out bool complete);
        for (int attempt = 0; attempt < MostAttempts && !IsStill(now); attempt++)
        {
            // A rotation occurred in between: the opened file may be newer than the one found at the path.
            younger.ForEach(backup => backup.Stream.Dispose());
            now?.Dispose();
            now = _path.TryOpen();
            younger = OpenYounger(held, now, out complete);
        }

        HasLostFiles |= held is not null && !complete && younger.Count > 0;
        for (int i = younger.Count - 1; i >= 0; i--)
        {
            using Stream backup = younger[i].Stream;
            TakeAll(backup, take);
            _known.Add(younger[i].Identity);
        }
    }

    /// <summary>Opens the rotated files that nothing was read of yet, the youngest first.</summary>
    private List<(Stream Stream, string Identity)> OpenYounger(string? held, FileStream? now, out bool complete)
    {
        var younger = new List<(Stream Stream, string Identity)>();
        complete = false;
        foreach (int number in _path.BackupNumbers())
        {
            Stream? backup = _path.OpenBackup(number);
            byte[] beginning = backup is null ? [] : Beginning(backup);
            string identity = Identity(beginning);
            complete = beginning.Length > 0 && (identity == held || _known.Contains(identity));
            // One that is renumbered while these are opened is found twice.
            bool isNew = beginning.Length > 0 && !complete
                && (now is null || Identity(Beginning(now)) != identity) && younger.TrueForAll(other => other.Identity != identity);
            if (isNew)
            {
                younger.Add((backup!, identity));
                continue;
            }

            backup?.Dispose();
            if (complete)
            {
                break;
            }
        }

        return younger;
    }

    private bool IsStill(FileStream? now)
    {
        using FileStream? again = _path.TryOpen();
        if (now is null || again is null)
        {
            return now is null && again is null;
        }

        // What is written meanwhile makes the later look longer.
        byte[] before = Beginning(now);
        return before.Length > 0 ? Beginning(again).AsSpan().StartsWith(before) : again.Length == 0;
    }

    private void TakeAll(Stream stream, LineTaker take)
    {
        // What is left of a line belongs to the file before.
        byte[] left = _partial.ToArray();
        _partial.SetLength(0);
        _isTooLong = false;
        if (left.Length > 0)
        {
            take(left);
        }

        try
        {
            int read;
            while ((read = stream.Read(_block)) > 0)
            {
                Split(_block.AsSpan(0, read), (line, _) => take(line));
            }
        }
        catch (InvalidDataException exception)
        {
            _damaged.Add($"{(stream as CompressedFile)?.File.Name} cannot be read to its end: {exception.Message}");
        }
    }

    private void Drain(LineTaker take)
    {
        if (_held is null)
        {
            return;
        }

        byte[] beginning = Beginning(_held);
        int known = Math.Min(beginning.Length, _beginning.Length);
        if (known > 0 && !beginning.AsSpan(0, known).SequenceEqual(_beginning.AsSpan(0, known)))
        {
            // Overwritten in place, as with logrotate's copytruncate.
            Begin(_held);
        }

        NoteBeginning();
        int read;
        while ((read = RandomAccess.Read(_held.SafeFileHandle, _block, _position)) > 0)
        {
            long start = _position;
            _position += read;
            Split(_block.AsSpan(0, read), (line, end) =>
            {
                if (_shown.Add(line, start + end))
                {
                    take(line);
                }
            });
        }
    }

    private delegate void SplitTaker(ReadOnlySpan<byte> line, int end);

    private void Split(ReadOnlySpan<byte> block, SplitTaker take)
    {
        int start = 0;
        int feed;
        while ((feed = block[start..].IndexOf((byte)'\n')) >= 0)
        {
            ReadOnlySpan<byte> line = block.Slice(start, feed);
            start += feed + 1;
            if (_isTooLong)
            {
                _isTooLong = false;
            }
            else if (_partial.Length > 0)
            {
                _partial.Write(line);
                take(_partial.GetBuffer().AsSpan(0, (int)_partial.Length), start);
            }
            else
            {
                take(line, start);
            }

            _partial.SetLength(0);
        }

        // What cannot be a record is skipped, at any length.
        _isTooLong |= _partial.Length + block.Length - start > LineReader.LongestLine;
        if (_isTooLong)
        {
            _partial.SetLength(0);
        }
        else
        {
            _partial.Write(block[start..]);
        }
    }

    private void NoteBeginning()
    {
        if (!IsWhole(_beginning))
        {
            _beginning = Beginning(_held!);
        }
    }

    private bool IsHeld(FileStream now)
    {
        while (true)
        {
            // In this order: of one file that is written meanwhile, the later look sees no less.
            ReadOnlySpan<byte> beginning = Beginning(now);
            NoteBeginning();
            if (beginning.Length > 0)
            {
                int length = Math.Min(beginning.Length, _beginning.Length);
                return length > 0 && beginning[..length].SequenceEqual(_beginning.AsSpan(0, length));
            }

            if (_beginning.Length == 0)
            {
                return true;
            }

            if (now.Length == 0)
            {
                return false;
            }
        }
    }
}
