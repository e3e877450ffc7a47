namespace FastTrainLog.Analysis.Statistics;

/// <summary>An exponential mean with a horizon of a hundred values; before that, a plain mean.</summary>
internal struct Smoother
{
    public const int Horizon = 100;

    private long _count;

    public double Mean { get; private set; }

    public readonly bool IsSettled => _count >= Horizon / 5;

    public void Add(double value) => Mean += (value - Mean) / Math.Min(++_count, Horizon);
}
