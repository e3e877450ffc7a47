using FastTrainLog.Utf8Text;

namespace FastTrainLog.Records;

/// <summary>The run that records belong to: through the logger that wrote them, or by their time.</summary>
internal sealed class RunContext
{
    private byte[]? _json;
    private long _endTicks = long.MaxValue;
    private double _meanStepSeconds = double.NaN;

    public RunContext(int number, string id, int rank, int worldSize, long startTicks)
    {
        Number = number;
        Id = id;
        Rank = rank;
        WorldSize = worldSize;
        StartTicks = startTicks;
    }

    /// <summary>Gets the run's index in its log, from 0.</summary>
    public int Number { get; }

    public string Id { get; }

    public int Rank { get; }

    public int WorldSize { get; }

    public long StartTicks { get; }

    public long EndTicks
    {
        get => Volatile.Read(ref _endTicks);
        set => Volatile.Write(ref _endTicks, value);
    }

    /// <summary>Gets or sets the last step that the run logged; owned by the reader of the records.</summary>
    public long? LatestStep { get; set; }

    /// <summary>Gets or sets the smoothed time of a step in seconds, as measured by the run's clock; NaN before a step was measured. Set by the training thread, read by any.</summary>
    public double MeanStepSeconds
    {
        get => Volatile.Read(ref _meanStepSeconds);
        set => Volatile.Write(ref _meanStepSeconds, value);
    }

    /// <summary>Gets the members of a JSON line that are the same for all records of the run, written once.</summary>
    public ReadOnlySpan<byte> Json => _json ??= WriteJson();

    /// <summary>Returns the run in progress at a time; null if none was, and if several were, so that it cannot be determined.</summary>
    public static RunContext? At(RunContext[] runs, long ticks)
    {
        RunContext? found = null;
        foreach (RunContext run in runs)
        {
            if (run.StartTicks <= ticks && ticks < run.EndTicks)
            {
                if (found is not null)
                {
                    return null;
                }

                found = run;
            }
        }

        return found;
    }

    private byte[] WriteJson()
    {
        var buffer = new Utf8Buffer(128);
        buffer.Append(",\"run\":"u8);
        ArgumentJson.AppendString(buffer, Id);
        buffer.Append(",\"rank\":"u8);
        buffer.AppendFormatted(Rank, default);
        buffer.Append(",\"world_size\":"u8);
        buffer.AppendFormatted(WorldSize, default);
        return buffer.Written.ToArray();
    }
}
