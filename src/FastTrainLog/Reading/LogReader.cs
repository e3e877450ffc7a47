namespace FastTrainLog.Reading;

/// <summary>
/// Reads the records of a log directory as one sequence: the JSON lines of <c>run.jsonl</c> and of its rotated files, and where several
/// processes logged side by side, all of theirs in the order of time.
/// </summary>
/// <remarks>
/// Not thread-safe. Memory is bounded whatever the size of the log. Damaged lines are counted in <see cref="Unreadable"/> and passed over.
/// The log may be written to, rotated and compressed meanwhile: the first <see cref="Read"/> opens all files, and each record of these is read
/// once. What is written after the end of a file was reached is not read.
/// </remarks>
public sealed class LogReader : IDisposable
{
    private const int MostAttempts = 100;

    private readonly string? _directory;
    private readonly NameTable _names = new();
    private readonly List<LogCursor> _cursors = [];
    private readonly List<LogCursor> _waiting = [];
    private LogCursor? _current;
    private bool _started;

    /// <summary>Initializes a reader of all the JSON lines in a directory.</summary>
    /// <param name="directory">The log directory.</param>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    public LogReader(string directory)
        : this(LogFile.Find(directory)) => _directory = directory;

    /// <summary>Initializes a reader of some files.</summary>
    /// <param name="files">The files, those of one log from the oldest to the newest, as <see cref="LogFile.Find"/> returns them.</param>
    public LogReader(IReadOnlyList<LogFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Files = files;
    }

    /// <summary>Gets the files.</summary>
    public IReadOnlyList<LogFile> Files { get; private set; }

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
            Open();
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

    // Once all are open a rotation takes nothing away any more. One that adds a name while they are opened may have moved a file behind the last.
    private void Open()
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            Dispose();
            _cursors.Clear();
            _cursors.AddRange(Files.GroupBy(file => file.Log).Select(log => new LogCursor([.. log], Unreadable, _names)));
            if (_directory is null || LogFile.Find(_directory) is not { } found || HasAll(found))
            {
                return;
            }

            Files = found;
        }
    }

    private bool HasAll(IReadOnlyList<LogFile> found) => found.All(file => Files.Any(known => (known.Log, known.Backup) == (file.Log, file.Backup)));
}
