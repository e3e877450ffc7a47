namespace FastTrainLog.Crash.Tests;

/// <summary>Counts what a campaign did, and prints it at its end.</summary>
public sealed class KillFigures : IDisposable
{
    private int _kills;
    private long _returned;
    private long _dropped;

    public void Dispose() => Console.WriteLine($"{_kills} kills; {_returned} calls had returned, {_dropped} of them were dropped by the policy.");

    internal void Add(Child killed)
    {
        _kills++;
        _returned += killed.Returned().Sum();
        _dropped += killed.Dropped().Sum();
    }
}
