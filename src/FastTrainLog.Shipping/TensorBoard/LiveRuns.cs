using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Cursors;
using FastTrainLog.State;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>The event files of a log's runs, and a note of how long they are, with the cursor up to which the log was read.</summary>
internal sealed class LiveRuns : IReceivingPlace
{
    private const string Kind = "note of event files";
    private const int Version = 1;

    private readonly string _directory;
    private readonly ReceivedNote _note;
    private readonly RunTracker _tracker = new();
    private readonly RunDirectories _directories = new();
    private readonly Dictionary<RunName, LiveRun> _runs = [];
    private readonly List<string> _begun = [];
    private byte[] _state = [];

    private LiveRuns(string directory)
    {
        _directory = directory;
        _note = ReceivedNote.Open(directory, Kind, Version, Carry);
        if (_state.Length > 0)
        {
            CarryState(new StateReader(_state));
        }

        foreach (RunName run in _runs.Keys)
        {
            // Their names are taken.
            _directories.Of(run);
        }
    }

    /// <summary>Opens the event files below a directory.</summary>
    /// <exception cref="IOException">Another shipper writes to it, or its note is damaged or of another version.</exception>
    public static LiveRuns Open(string directory) => new(directory);

    public byte[]? CursorOf(ShipSource source) => _note.CursorOf(source);

    /// <summary>Adds the records, and returns when they are on the disk.</summary>
    /// <exception cref="IOException">A run has an event file of another program, or a file cannot be written.</exception>
    public void Append(ShipBatch batch)
    {
        if (_note.Has(batch))
        {
            return;
        }

        var begun = new List<LiveRun>();
        for (int i = 0; i < batch.Count; i++)
        {
            StoredRecord record = batch[i].Record;
            RunName name = _tracker.RunOf(record);
            // Outside of runs nothing has a step.
            if (name.Id is not null)
            {
                RunOf(name, record.Time, begun).Events.Add(record);
            }
        }

        if (begun.Count > 0)
        {
            begun.ForEach(Begin);
            // Before the files, which the next shipper would otherwise take for those of another program; the rest is that of the batch before.
            _note.Write();
        }

        foreach (LiveRun run in _runs.Values)
        {
            run.Save(_directory);
        }

        var state = new StateWriter();
        CarryState(state);
        _state = state.ToArray();
        _note.Write(batch);
    }

    public void Dispose() => _note.Dispose();

    private LiveRun RunOf(RunName name, DateTime start, List<LiveRun> begun)
    {
        if (!_runs.TryGetValue(name, out LiveRun? run))
        {
            _runs.Add(name, run = new LiveRun(Path.Combine(_directories.Of(name), EventFile.NameFor(start)), start));
            begun.Add(run);
        }

        return run;
    }

    private void Begin(LiveRun run)
    {
        string directory = Path.GetDirectoryName(Path.Combine(_directory, run.Path))!;
        foreach (string file in Directory.Exists(directory) ? Directory.GetFiles(directory, EventFile.Pattern) : [])
        {
            // TensorBoard joins all files of a directory, whatever they are called: a second one would draw every curve twice.
            if (!_begun.Remove(Path.GetRelativePath(_directory, file)))
            {
                throw new IOException($"{file} is there already, of an export or of another shipper, and would draw every curve twice; delete it, or give another directory");
            }

            // Of a shipper that was killed before its first batch was complete.
            File.Delete(file);
        }

        _begun.Add(run.Path);
    }

    private void Carry(StateCodec codec)
    {
        codec.List(_begun, codec.Text);
        codec.Values(ref _state);
    }

    private void CarryState(StateCodec codec)
    {
        _tracker.Carry(codec);
        codec.Dictionary(_runs, name => name.Carry(codec), (_, run) => LiveRun.Carry(codec, run));
    }
}
