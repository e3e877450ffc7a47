using System.Globalization;
using FastTrainLog.Files;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;
using FastTrainLog.State;

namespace FastTrainLog.Shipping;

/// <summary>The copy of a log directory: its files, and a note of how long they are, with the cursor up to which the log was read.</summary>
/// <remarks>The note is written after the lines are on the disk. Lines beyond it were not acknowledged: they come again, and are truncated when the copy is opened.</remarks>
internal sealed class LogCopy : IDisposable
{
    private const string NoteName = ".fasttrainlog.received";
    private const string Kind = "note of received records";
    private const int Version = 2;

    private readonly string _directory;
    private readonly Dictionary<int, long> _lengths = [];
    private readonly Dictionary<int, FileStream> _files = [];
    private readonly Dictionary<int, MemoryStream> _lines = [];
    private readonly LockedFile _lock;
    private string? _source;
    private byte[] _cursor = [];

    private LogCopy(string directory, LockedFile held) => (_directory, _lock) = (directory, held);

    /// <summary>Opens a copy.</summary>
    /// <exception cref="IOException">The directory has a log of its own, another shipper writes to it, its note is damaged or of another version, or a file cannot be opened.</exception>
    public static LogCopy Open(string directory)
    {
        using OpenDirectory opened = OpenDirectory.Open(directory, followLink: true);
        LockedFile held = opened.TryOpenOrCreateLocked(NoteName + ".lock")
            ?? throw new IOException($"another process ships to {directory} already; give each its own directory");
        var copy = new LogCopy(directory, held);
        try
        {
            copy.ReadNote();
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Returns the cursor of the last batch; null if there is none, or if the last one was of another directory.</summary>
    public byte[]? CursorOf(ShipSource source) => _source == source.Directory ? _cursor : null;

    /// <summary>Adds the records, and returns when they are on the disk.</summary>
    public void Append(ShipBatch batch)
    {
        if (CursorOf(batch.Source) is { } cursor && cursor.AsSpan().SequenceEqual(batch.Cursor))
        {
            // An error came after the note was written.
            return;
        }

        foreach (MemoryStream lines in _lines.Values)
        {
            lines.SetLength(0);
        }

        for (int i = 0; i < batch.Count; i++)
        {
            int log = batch.Position(i).Log;
            if (!_lines.TryGetValue(log, out MemoryStream? lines))
            {
                lines = new MemoryStream();
                _lines.Add(log, lines);
            }

            lines.Write(batch.Json(i));
            lines.WriteByte((byte)'\n');
        }

        foreach ((int log, MemoryStream lines) in _lines.Where(static log => log.Value.Length > 0))
        {
            FileStream file = FileOf(log);
            file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            file.Flush(flushToDisk: true);
            _lengths[log] = file.Position;
        }

        (_source, _cursor) = (batch.Source.Directory, batch.Cursor);
        Note();
    }

    public void Dispose()
    {
        foreach (FileStream file in _files.Values)
        {
            file.Dispose();
        }

        _files.Clear();
        _lock.Dispose();
    }

    private void ReadNote()
    {
        string note = Path.Combine(_directory, NoteName);
        try
        {
            if (StateFile.Read(note, Kind, Version) is { } state)
            {
                Carry(new StateReader(state));
                return;
            }
        }
        catch (InvalidDataException exception)
        {
            throw new IOException($"{note} cannot be used, because {exception.Message}; move the copy elsewhere, and it is made again", exception);
        }

        if (LogFile.Find(_directory).Count > 0)
        {
            throw new IOException($"{_directory} has a log of its own, which is not overwritten; give an empty directory");
        }

        // Before the first line, which the next shipper would otherwise take for another log's.
        Note();
    }

    private FileStream FileOf(int log)
    {
        if (_files.TryGetValue(log, out FileStream? open))
        {
            return open;
        }

        string path = Path.Combine(_directory, log == 1 ? "run.jsonl" : string.Create(CultureInfo.InvariantCulture, $"run.{log}.jsonl"));
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (file.Length > _lengths.GetValueOrDefault(log))
        {
            file.SetLength(_lengths.GetValueOrDefault(log));
        }

        file.Position = file.Length;
        _files.Add(log, file);
        return file;
    }

    private void Note()
    {
        var writer = new StateWriter();
        Carry(writer);
        StateFile.Write(Path.Combine(_directory, NoteName), Kind, Version, writer.ToArray());
    }

    private void Carry(StateCodec codec)
    {
        codec.Dictionary(_lengths, log => codec.Value(log), (_, length) => codec.Value(length));
        codec.Text(ref _source);
        int version = codec.Value(CursorFile.Version);
        codec.Values(ref _cursor);
        if (version != CursorFile.Version)
        {
            throw new InvalidDataException("its cursor is of another version");
        }
    }
}
