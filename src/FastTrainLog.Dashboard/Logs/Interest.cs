using System.Diagnostics;

namespace FastTrainLog.Dashboard.Logs;

/// <summary>Whether somebody looks at the logs: a page is open, or a request was made a short time ago. Thread-safe.</summary>
internal sealed class Interest
{
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wake = new(0);
    private long _asked = long.MinValue;
    private int _streams;

    /// <summary>Gets whether there is any.</summary>
    public bool IsThere => Volatile.Read(ref _streams) > 0 || (Volatile.Read(ref _asked) is var asked && asked != long.MinValue && Stopwatch.GetElapsedTime(asked) < Lasting);

    /// <summary>Notes a request.</summary>
    public void Note()
    {
        Volatile.Write(ref _asked, Stopwatch.GetTimestamp());
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Counts a page that is kept up to date.</summary>
    /// <returns>Whether there are at most as many as allowed; if not, it is not counted.</returns>
    public bool TryOpen(int most)
    {
        if (Interlocked.Increment(ref _streams) > most)
        {
            Interlocked.Decrement(ref _streams);
            return false;
        }

        Note();
        return true;
    }

    public void Close() => Interlocked.Decrement(ref _streams);

    /// <summary>Waits until there is interest.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        while (!IsThere)
        {
            await _wake.WaitAsync(cancellation);
        }
    }
}
