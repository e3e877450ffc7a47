using System.Diagnostics;
using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Training;

/// <summary>A training loop that does one thing more, or nothing, at each step; the time of that is taken.</summary>
/// <param name="way">What it does.</param>
internal abstract class StepLoop(string way) : IDisposable
{
    /// <summary>With the loss, the learning rate and the accuracy, ten values.</summary>
    public static readonly Metric[] Values = [.. Enumerable.Range(0, 7).Select(i => new Metric($"m{i}", 0.125 * i))];

    /// <summary>Gets what it does.</summary>
    public string Way => way;

    /// <summary>Gets the nanoseconds that this took, step by step.</summary>
    public List<double> Calls { get; } = [];

    /// <summary>Trains for a number of steps.</summary>
    public void Train(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Work();
            long start = Stopwatch.GetTimestamp();
            Call();
            Calls.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
    }

    public abstract void Dispose();

    protected abstract void Work();

    protected abstract void Call();
}
