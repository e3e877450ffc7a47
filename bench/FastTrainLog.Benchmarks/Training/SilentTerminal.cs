using FastTrainLog.Monitoring.Terminal;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>A terminal of 100 columns that draws nothing: what is written to it is counted.</summary>
internal sealed class SilentTerminal : ITerminal
{
    public bool IsLive => true;

    public bool HasColors => true;

    public bool HasUnicode => true;

    public int Columns => 100;

    public int Rows => 40;

    /// <summary>Gets the bytes that were written.</summary>
    public long Bytes { get; private set; }

    public void Measure()
    {
    }

    public void Write(ReadOnlySpan<byte> bytes) => Bytes += bytes.Length;
}
