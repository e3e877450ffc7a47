namespace FastTrainLog.Reading;

/// <summary>
/// Reads the records of a log directory as one sequence: the JSON lines of <c>run.jsonl</c> and of its rotated files, and if several
/// processes logged at the same time, all of theirs in the order of time.
/// </summary>
/// <remarks>
/// Not thread-safe. Memory is bounded for a log of any size. Damaged lines are counted in <see cref="Unreadable"/> and skipped.
/// The log may be written to, rotated and compressed meanwhile: the first <see cref="Read"/> opens all files, and each of their records is read
/// once. Records written after the end of a file was reached are not read.
/// </remarks>
/// <example>
/// <code>
/// using var reader = new LogReader("logs");
/// while (reader.Read())
/// {
///     if (reader.Current.EventId == TrainingEvents.Step)
///     {
///         Console.WriteLine(reader.Current.GetDouble("Loss"u8));
///     }
/// }
/// </code>
/// </example>
public sealed class LogReader : IDisposable
{
    private const int MostAttempts = 100;

    private readonly string? _directory;
    private readonly IReadingPlace? _place;
    private readonly NameTable _names = new();
    private readonly List<LogCursor> _cursors = [];
    private readonly List<LogCursor> _waiting = [];
    private LogCursor? _current;
    private bool _isOpen;
    private bool _started;

    /// <summary>Initializes a reader of all the JSON lines in a directory.</summary>
    /// <param name="directory">The log directory.</param>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    public LogReader(string directory)
        : this(LogFile.Find(directory)) => _directory = directory;

    /// <summary>Initializes a reader of the records of a directory after a position; all of them if there is none.</summary>
    internal LogReader(string directory, IReadingPlace? place)
        : this(directory) => _place = place;

    /// <summary>Initializes a reader of some files.</summary>
    /// <param name="files">The files, those of one log from the oldest to the newest, as <see cref="LogFile.Find"/> returns them.</param>
    public LogReader(IReadOnlyList<LogFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Files = files;
    }

    /// <summary>Gets the files.</summary>
    public IReadOnlyList<LogFile> Files { get; private set; }

    /// <summary>Gets the unreadable lines found so far.</summary>
    public UnreadableLines Unreadable { get; } = new();

    /// <summary>Gets the total size of the files in bytes, before decompression, at the start of the reading.</summary>
    public long TotalBytes => Files.Sum(file => file.Length);

    /// <summary>Gets the number of those bytes read so far.</summary>
    public long BytesRead => _cursors.Sum(cursor => cursor.Position);

    /// <summary>Gets the record read by <see cref="Read"/>.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public StoredRecord Current =>
        (_current ?? throw new InvalidOperationException("There is no current record: call Read first, and continue only while it returns true.")).Record;

    /// <summary>Gets why a file that is there could not be opened; null if all could.</summary>
    internal string? Refusal => _cursors.Select(static cursor => cursor.Refusal).FirstOrDefault(static reason => reason is not null);

    /// <summary>Gets the cursor that is at the record read by <see cref="Read"/>.</summary>
    internal LogCursor Cursor => _current!;

    /// <summary>Moves to the next record.</summary>
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

    // Once all files are open, a rotation cannot remove any of them. A rotation while they are being opened may have moved a file behind the last one,
    // and the reduced oldest files may have been merged into one that was opened before.
    internal void Open()
    {
        if (_isOpen)
        {
            return;
        }

        _isOpen = true;
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            Dispose();
            _cursors.Clear();
            _place?.Open();
            _cursors.AddRange(Files.GroupBy(file => file.Log).Select(log => new LogCursor([.. log], Unreadable, _names, _place)));
            if (_directory is null)
            {
                return;
            }

            IReadOnlyList<LogFile> found = LogFile.Find(_directory);
            bool isSame = !_cursors.Exists(cursor => cursor.HasMissed) || found.Select(file => file.Path).SequenceEqual(Files.Select(file => file.Path));
            if (isSame && HasAll(found))
            {
                return;
            }

            Files = found;
        }
    }

    private bool HasAll(IReadOnlyList<LogFile> found) => found.All(file => Files.Any(known => (known.Log, known.Backup) == (file.Log, file.Backup)));
}
