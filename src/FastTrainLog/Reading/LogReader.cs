namespace FastTrainLog.Reading;

/// <summary>
/// Reads the records of a log directory as one sequence: the JSON lines of <c>run.jsonl</c> and of its rotated files, and where several
/// processes logged side by side, all of theirs in the order of time.
/// </summary>
/// <remarks>
/// Not thread-safe. Memory is bounded whatever the size of the log. Damaged lines are counted in <see cref="Unreadable"/> and passed over.
/// The log may be written to meanwhile; what is written after the end of a file was reached is not read.
/// </remarks>
public sealed class LogReader : IDisposable
{
    private readonly List<LogCursor> _cursors = [];
    private readonly List<LogCursor> _waiting = [];
    private LogCursor? _current;
    private bool _started;

    /// <summary>Initializes a reader of all the JSON lines in a directory.</summary>
    /// <param name="directory">The log directory.</param>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    public LogReader(string directory)
        : this(LogFile.Find(directory))
    {
    }

    /// <summary>Initializes a reader of some files.</summary>
    /// <param name="files">The files, those of one log from the oldest to the newest, as <see cref="LogFile.Find"/> returns them.</param>
    public LogReader(IReadOnlyList<LogFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Files = files;
        var names = new NameTable();
        foreach (IGrouping<int, LogFile> log in files.GroupBy(file => file.Log))
        {
            _cursors.Add(new LogCursor([.. log], Unreadable, names));
        }
    }

    /// <summary>Gets the files.</summary>
    public IReadOnlyList<LogFile> Files { get; }

    /// <summary>Gets what could not be read so far.</summary>
    public UnreadableLines Unreadable { get; } = new();

    /// <summary>Gets the bytes of the files, compressed where they are, when the reading began.</summary>
    public long TotalBytes => Files.Sum(file => file.Length);

    /// <summary>Gets how many of those were read so far.</summary>
    public long BytesRead => _cursors.Sum(cursor => cursor.Position);

    /// <summary>Gets the record that <see cref="Read"/> went to.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public StoredRecord Current =>
        (_current ?? throw new InvalidOperationException("There is no record here: call Read first, and go on only while it returns true.")).Record;

    /// <summary>Goes to the next record.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Read()
    {
        if (!_started)
        {
            _started = true;
            _waiting.AddRange(_cursors.Where(cursor => cursor.Read()));
        }
        else if (_current is not null && !_current.Read())
        {
            _waiting.Remove(_current);
        }

        _current = _waiting.Count == 0 ? null : _waiting[0];
        for (int i = 1; i < _waiting.Count; i++)
        {
            if (_waiting[i].Table.Ticks < _current!.Table.Ticks)
            {
                _current = _waiting[i];
            }
        }

        return _current is not null;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => _cursors.ForEach(cursor => cursor.Dispose());
}
