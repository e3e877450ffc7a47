using System.Globalization;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;

namespace FastTrainLog.Shipping;

/// <summary>The copy of a log directory: its files, and a note of how long they are, with the cursor up to which the log was read.</summary>
/// <remarks>The note is written after the lines are on the disk. Lines beyond it were not acknowledged: they come again, and are truncated when the copy is opened.</remarks>
internal sealed class LogCopy : IReceivingPlace
{
    private const string Kind = "note of received records";
    private const int Version = 2;

    private readonly string _directory;
    private readonly Dictionary<int, long> _lengths = [];
    private readonly Dictionary<int, FileStream> _files = [];
    private readonly Dictionary<int, MemoryStream> _lines = [];
    private readonly ReceivedNote _note;

    private LogCopy(string directory)
    {
        _directory = directory;
        _note = ReceivedNote.Open(directory, Kind, Version, codec => codec.Dictionary(_lengths, log => codec.Value(log), (_, length) => codec.Value(length)));
    }

    /// <summary>Opens a copy.</summary>
    /// <exception cref="IOException">The directory has a log of its own, another shipper writes to it, its note is damaged or of another version, or a file cannot be opened.</exception>
    public static LogCopy Open(string directory)
    {
        var copy = new LogCopy(directory);
        try
        {
            copy.Begin();
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public byte[]? CursorOf(ShipSource source) => _note.CursorOf(source);

    public void Append(ShipBatch batch)
    {
        if (_note.Has(batch))
        {
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

        _note.Write(batch);
    }

    public void Dispose()
    {
        foreach (FileStream file in _files.Values)
        {
            file.Dispose();
        }

        _files.Clear();
        _note.Dispose();
    }

    private void Begin()
    {
        if (_note.IsFound)
        {
            return;
        }

        if (LogFile.Find(_directory).Count > 0)
        {
            throw new IOException($"{_directory} has a log of its own, which is not overwritten; give an empty directory");
        }

        // Before the first line, which the next shipper would otherwise take for another log's.
        _note.Write();
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
}
