using System.ComponentModel;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sampling;

/// <summary>Lets a number of calls pass in a second, which begins with the first of them.</summary>
/// <param name="site">The call site.</param>
/// <param name="maxPerSecond">How many calls pass in a second.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RateGate(CallSite site, int maxPerSecond) : CallGate(site)
{
    private const uint Second = 1000;

    // A thread that was interrupted after reading the clock is late by less than this; it must not set the second back.
    private const uint Late = 60_000;

    // When the second began, in milliseconds that wrap around (upper half), and the calls in it (lower half): one word, so that an
    // interlocked increment both counts a call and returns its number.
    private ulong _second;

    /// <inheritdoc/>
    public override bool TryPass(ILogger logger, out long suppressed) => TryPass(logger, (uint)Environment.TickCount64, out suppressed);

    internal bool TryPass(ILogger logger, uint milliseconds, out long suppressed)
    {
        suppressed = 0;
        while (true)
        {
            ulong second = Volatile.Read(ref _second);
            if ((uint)second != 0 && milliseconds - (uint)(second >> 32) + Late < Second + Late)
            {
                if ((uint)Interlocked.Increment(ref _second) <= (uint)maxPerSecond)
                {
                    return true;
                }

                Suppress(logger);
                return false;
            }

            if (Interlocked.CompareExchange(ref _second, ((ulong)milliseconds << 32) | 1, second) == second)
            {
                suppressed = Excess(second);
                return true;
            }
        }
    }

    private protected override long TakeSuppressed()
    {
        while (true)
        {
            ulong second = Volatile.Read(ref _second);
            long excess = Excess(second);
            if (excess == 0 || Interlocked.CompareExchange(ref _second, second - (ulong)excess, second) == second)
            {
                return excess;
            }
        }
    }

    private long Excess(ulong second) => Math.Max(0, (long)(uint)second - maxPerSecond);
}
