using FastTrainLog.Files;
using FastTrainLog.State;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>A note beside files that records are shipped to: the state of these files, and the cursor up to which the log was read when they were in it.</summary>
/// <remarks>
/// It is written after the records are on the disk. What the files have beyond the note was not acknowledged: it comes again. A lock beside it keeps the directory to one shipper.
/// </remarks>
internal sealed class ReceivedNote : IDisposable
{
    private const string Name = ".fasttrainlog.received";

    private readonly string _path;
    private readonly string _kind;
    private readonly int _version;
    private readonly Action<StateCodec> _carry;
    private readonly LockedFile _lock;
    private readonly StateWriter _writer = new();
    private string? _source;
    private byte[] _cursor = [];

    private ReceivedNote(string path, string kind, int version, Action<StateCodec> carry, LockedFile held) =>
        (_path, _kind, _version, _carry, _lock) = (path, kind, version, carry, held);

    /// <summary>Gets whether there was a note when it was opened.</summary>
    public bool IsFound { get; private set; }

    /// <summary>Opens the note of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="kind">What it is a note of.</param>
    /// <param name="version">The version of the files' state.</param>
    /// <param name="carry">Serialises or deserialises that state.</param>
    /// <exception cref="IOException">Another shipper has it, or it is damaged or of another kind or version.</exception>
    public static ReceivedNote Open(string directory, string kind, int version, Action<StateCodec> carry)
    {
        using OpenDirectory opened = OpenDirectory.Open(directory, followLink: true);
        LockedFile held = opened.TryOpenOrCreateLocked(Name + ".lock")
            ?? throw new IOException($"another process ships to {directory} already; give each its own directory");
        var note = new ReceivedNote(Path.Combine(directory, Name), kind, version, carry, held);
        try
        {
            note.Read();
            return note;
        }
        catch
        {
            note.Dispose();
            throw;
        }
    }

    /// <summary>Returns the cursor of the last batch; null if there is none, or if the last one was of another directory.</summary>
    public byte[]? CursorOf(ShipSource source) => _source == source.Directory ? _cursor : null;

    /// <summary>Returns whether a batch was noted, before an error that was not about it.</summary>
    public bool Has(ShipBatch batch) => CursorOf(batch.Source) is { } cursor && cursor.AsSpan().SequenceEqual(batch.Cursor);

    /// <summary>Notes that a batch is on the disk.</summary>
    public void Write(ShipBatch batch)
    {
        (_source, _cursor) = (batch.Source.Directory, batch.Cursor);
        Write();
    }

    /// <summary>Notes the state of the files.</summary>
    public void Write()
    {
        _writer.Clear();
        Carry(_writer);
        StateFile.Write(_path, _kind, _version, _writer.Written);
    }

    public void Dispose() => _lock.Dispose();

    private void Read()
    {
        try
        {
            if (StateFile.Read(_path, _kind, _version) is { } state)
            {
                Carry(new StateReader(state));
                IsFound = true;
            }
        }
        catch (InvalidDataException exception)
        {
            throw new IOException($"{_path} cannot be used, because {exception.Message}; move what was shipped there elsewhere, and it is made again", exception);
        }
    }

    private void Carry(StateCodec codec)
    {
        _carry(codec);
        codec.Text(ref _source);
        int version = codec.Value(CursorFile.Version);
        codec.Values(ref _cursor);
        if (version != CursorFile.Version)
        {
            throw new InvalidDataException("its cursor is of another version");
        }
    }
}
