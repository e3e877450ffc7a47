using FastTrainLog.Files;
using FastTrainLog.Sinks;

namespace FastTrainLog.Recovery;

/// <summary>A file to which records of a journal are added, and those that it could not take.</summary>
internal sealed class RecoveredFile
{
    private readonly string _name;
    private readonly RollingFile _file;
    private readonly bool _isJson;
    private readonly RecordFilter? _filter;
    private readonly OpenDirectory? _directory;
    private readonly IReadOnlyList<WrittenPart> _parts = [];
    private readonly WrittenRecords? _written;
    private int _searched;
    private int _next;
    private long _refused;
    private string? _firstRefusal;

    /// <param name="name">Its name.</param>
    /// <param name="file">The file.</param>
    /// <param name="isJson">Whether it holds JSON lines.</param>
    /// <param name="filter">The filter of its records; null for all.</param>
    /// <param name="written">The parts that may already contain some of the records; null if none can.</param>
    /// <param name="history">Where it is noted how long the file becomes; null for nowhere.</param>
    public RecoveredFile(string name, RollingFile file, bool isJson, RecordFilter? filter, (OpenDirectory Directory, IReadOnlyList<WrittenPart> Parts)? written, FileHistory? history)
    {
        (_name, _file, _isJson, _filter) = (name, file, isJson, filter);
        if (written is { } place)
        {
            (_directory, _parts) = place;
            _written = new WrittenRecords(isJson);
        }

        // If this process is killed too, the next recovery must find the expected lengths.
        file.MayRotate = false;
        file.NoteChangesIn(history);
    }

    /// <summary>Gets what could not be written; null for nothing.</summary>
    public string? Refusals => _refused == 0 ? null : $"{_refused} records could not be written by {_name}; the first: {_firstRefusal}";

    /// <summary>Gets whether it may already contain some of the records, so that all are searched before any is written.</summary>
    public bool MustSearch => _written is not null;

    /// <summary>Adds a record to those that are searched for; they come in the order in which they are written afterwards.</summary>
    public void AddSought(in LogRecord record)
    {
        int number = _searched++;
        try
        {
            if (_written is not null && _filter?.Invoke(record) != false)
            {
                _written.Add(number, LinesOf(record));
            }
        }
        catch (Exception exception) when (exception is not (IOException or UnauthorizedAccessException))
        {
            // The filter is user code, whose exception is reported during the writing.
        }
    }

    /// <summary>Searches for them.</summary>
    public void Search()
    {
        foreach (WrittenPart part in _parts)
        {
            using Stream? content = LogFileContent.TryOpenRotated(_directory!, part.Name);
            if (content is not null)
            {
                LogFileContent.ReadLines(content, part.From, _written!.Find);
            }
        }
    }

    /// <summary>Adds a record, unless it is in the file already or does not belong to it.</summary>
    /// <returns>Whether it was added; null if it does not belong to the file.</returns>
    public bool? Write(in LogRecord record)
    {
        int number = _next++;
        try
        {
            if (_filter is not null && !_filter(record))
            {
                return null;
            }

            if (_written?.Contains(number) == true)
            {
                return false;
            }

            _file.Append(LinesOf(record), record.Timestamp.Ticks);
            return true;
        }
        catch (IOException exception)
        {
            throw Named(exception);
        }
        catch (Exception exception) when (exception is not UnauthorizedAccessException)
        {
            // A filter is the user's code.
            _firstRefusal ??= exception.Message;
            _refused++;
            return false;
        }
    }

    private ReadOnlySpan<byte> LinesOf(in LogRecord record) => _isJson ? record.JsonLine : record.TextLine;

    /// <summary>Writes what is buffered.</summary>
    public void Finish()
    {
        try
        {
            _file.Flush();
        }
        catch (IOException exception)
        {
            throw Named(exception);
        }
    }

    /// <summary>Lets the file continue as any other. What it could not take stays in the journal, so it must not be written later.</summary>
    public void Release()
    {
        _file.Discard();
        _file.NoteChangesIn(null);
        _file.MayRotate = true;
    }

    private IOException Named(IOException exception) => new($"{_name} cannot be written: {exception.Message}", exception);
}
