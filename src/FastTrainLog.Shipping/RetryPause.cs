namespace FastTrainLog.Shipping;

/// <summary>The pauses between attempts: random up to a limit that doubles, so that a thousand shippers do not come back at the same moment ("full jitter").</summary>
/// <param name="first">The limit of the first pause.</param>
/// <param name="longest">The limit of every pause, unless the target asks for more.</param>
internal sealed class RetryPause(TimeSpan first, TimeSpan longest)
{
    // A target that asks for days means that somebody has to look at it.
    private static readonly TimeSpan MostAskedFor = TimeSpan.FromMinutes(10);

    private int _attempts;

    /// <summary>Notes that an attempt succeeded.</summary>
    public void Reset() => _attempts = 0;

    /// <summary>Returns the next pause.</summary>
    public TimeSpan Next(ShipAnswer answer)
    {
        double limit = Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(_attempts++, 30)));
        if (answer.IsLasting)
        {
            return longest;
        }

        TimeSpan pause = TimeSpan.FromSeconds(Random.Shared.NextDouble() * limit);
        TimeSpan asked = answer.After is { } after ? after < MostAskedFor ? after : MostAskedFor : TimeSpan.Zero;
        return pause > asked ? pause : asked + (pause / 10);
    }
}
