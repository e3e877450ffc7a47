namespace FastTrainLog.Tests.Shared;

/// <summary>Waits for what other threads and processes do.</summary>
internal static class Eventually
{
    // Asked once a millisecond, as by SpinWait, dozens of tests that look at files at once take the processor from what they wait for.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition; asked a hundred times a second.</param>
    /// <param name="limit">How long at most.</param>
    /// <returns>Whether it held in time.</returns>
    public static bool Is(Func<bool> condition, TimeSpan limit)
    {
        for (long end = Environment.TickCount64 + (long)limit.TotalMilliseconds; !condition();)
        {
            if (Environment.TickCount64 > end)
            {
                return condition();
            }

            Thread.Sleep(Pause);
        }

        return true;
    }
}
