using FastTrainLog.State;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>The event file of a run that is in progress: events wait in memory until a batch is complete.</summary>
/// <param name="path">The file, relative to the directory of all runs.</param>
/// <param name="start">When the run's first record was written, in UTC.</param>
internal sealed class LiveRun(string path, DateTime start)
{
    private readonly MemoryStream _waiting = new();
    private RunEvents? _events;
    private long _length;

    /// <summary>Gets the file, relative to the directory of all runs.</summary>
    public string Path => path;

    /// <summary>Gets the events.</summary>
    public RunEvents Events => _events ??= new RunEvents(new EventFile(_waiting));

    /// <summary>Appends what waits to the file, and returns when it is on the disk.</summary>
    public void Save(string directory)
    {
        if (_waiting.Length == 0)
        {
            return;
        }

        string place = System.IO.Path.Combine(directory, path);
        // Also where somebody has deleted the run meanwhile.
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
        using var file = new FileStream(place, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > _length)
        {
            // A shipper that was killed wrote it, and it comes again.
            file.SetLength(_length);
        }

        file.Position = file.Length;
        if (file.Length == 0)
        {
            using var head = new MemoryStream();
            using var begun = new EventFile(head);
            begun.Begin(start);
            file.Write(head.GetBuffer().AsSpan(0, (int)head.Length));
        }

        file.Write(_waiting.GetBuffer().AsSpan(0, (int)_waiting.Length));
        file.Flush(flushToDisk: true);
        _length = file.Length;
        // Of thousands of runs few are in progress.
        _waiting.SetLength(0);
        _waiting.Capacity = 0;
    }

    public static LiveRun Carry(StateCodec codec, LiveRun? run)
    {
        string path = codec.Text(run?.Path);
        DateTime start = codec.Value(run?.Start ?? default);
        run ??= new LiveRun(path, start);
        codec.Value(ref run._length);
        run.Events.Carry(codec);
        return run;
    }

    private DateTime Start => start;
}
