using System.Globalization;
using FastTrainLog.Files;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;
using FastTrainLog.State;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Shipping;

/// <summary>The copy of a log directory: its files, and a note of what is in them.</summary>
/// <remarks>The note is written after the lines are on the disk. Lines beyond it were not acknowledged: they come again, and are truncated when the copy is opened.</remarks>
internal sealed class LogCopy : IDisposable
{
    private const string NoteName = ".fasttrainlog.received";
    private const string Kind = "note of received records";
    private const int Version = 1;
    private const int TailBytes = 8 << 20;

    private readonly string _directory;
    private readonly Dictionary<int, long> _lengths = [];
    private readonly Dictionary<(int Log, ulong File), long> _received = [];
    private readonly Dictionary<int, FileStream> _files = [];
    private readonly Dictionary<int, MemoryStream> _lines = [];
    private readonly Dictionary<int, TailLines> _tails = [];
    private readonly SafeFileHandle _lock;

    private LogCopy(string directory, SafeFileHandle held) => (_directory, _lock) = (directory, held);

    /// <summary>Opens a copy.</summary>
    /// <exception cref="IOException">The directory has a log of its own, another shipper writes to it, its note is damaged or of another version, or a file cannot be opened.</exception>
    public static LogCopy Open(string directory)
    {
        using OpenDirectory opened = OpenDirectory.Open(directory, followLink: true);
        SafeFileHandle held = opened.TryOpenOrCreateLocked(NoteName + ".lock")
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

    /// <summary>Adds the records that are not there yet, and returns when they are on the disk.</summary>
    public void Append(ShipBatch batch)
    {
        foreach (MemoryStream lines in _lines.Values)
        {
            lines.SetLength(0);
        }

        for (int i = 0; i < batch.Count; i++)
        {
            ShipPosition position = batch.Position(i);
            ReadOnlySpan<byte> line = batch.Json(i);
            (int, ulong) file = (position.Log, position.File);
            if (_received.TryGetValue(file, out long end) && position.Offset < end && (position.Offset < end - TailBytes || TailOf(position.Log).Remove(RecentRecord.HashOf(line))))
            {
                continue;
            }

            if (!_lines.TryGetValue(position.Log, out MemoryStream? lines))
            {
                lines = new MemoryStream();
                _lines.Add(position.Log, lines);
            }

            lines.Write(line);
            lines.WriteByte((byte)'\n');
            _received[file] = Math.Max(end, position.Offset + line.Length);
        }

        bool isNew = false;
        foreach ((int log, MemoryStream lines) in _lines.Where(static log => log.Value.Length > 0))
        {
            FileStream file = FileOf(log);
            file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            file.Flush(flushToDisk: true);
            _lengths[log] = file.Position;
            isNew = true;
        }

        if (isNew)
        {
            Note();
        }
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

    // A recovery may have written the last lines of a file in another order since they were copied: whether they are here already, their content says, and not their place.
    private TailLines TailOf(int log)
    {
        if (!_tails.TryGetValue(log, out TailLines? tail))
        {
            _ = FileOf(log);
            tail = new TailLines(PathOf(log), _lengths.GetValueOrDefault(log), 2 * TailBytes);
            _tails.Add(log, tail);
        }

        return tail;
    }

    private string PathOf(int log) => Path.Combine(_directory, log == 1 ? "run.jsonl" : string.Create(CultureInfo.InvariantCulture, $"run.{log}.jsonl"));

    private FileStream FileOf(int log)
    {
        if (_files.TryGetValue(log, out FileStream? open))
        {
            return open;
        }

        var file = new FileStream(PathOf(log), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
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
        codec.Dictionary(_received, file => codec.Value(file), (_, end) => codec.Value(end));
    }
}
