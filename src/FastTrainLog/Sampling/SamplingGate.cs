using System.ComponentModel;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sampling;

/// <summary>Lets the first calls pass, then every n-th or none.</summary>
/// <param name="site">The call site.</param>
/// <param name="every">Of how many calls after the first ones one passes; 0 for none.</param>
/// <param name="first">How many calls pass at first; at least 1 where <paramref name="every"/> is not 0.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SamplingGate(CallSite site, int every, int first) : CallGate(site)
{
    private long _calls;
    private long _reported;

    /// <inheritdoc/>
    public override bool TryPass(ILogger logger, out long suppressed)
    {
        suppressed = 0;
        long call = Interlocked.Increment(ref _calls);
        if (call <= first)
        {
            return true;
        }

        if (every > 0 && (call - first) % every == 0)
        {
            // Which calls pass depends only on their number, so the suppressed ones need no separate count.
            suppressed = Math.Clamp(call - 1 - Volatile.Read(ref _reported), 0, every - 1);
            return true;
        }

        Suppress(logger);
        return false;
    }

    private protected override long TakeSuppressed()
    {
        long calls = Volatile.Read(ref _calls);
        long behind = Math.Max(0, calls - first);
        long suppressed = Math.Min(every > 0 ? behind % every : behind, calls - _reported);
        Volatile.Write(ref _reported, calls);
        return suppressed;
    }
}
