namespace FastTrainLog.Schedules.Tests;

/// <summary>Where an execution changes from a thread that could go on to another.</summary>
/// <param name="Backwards">Whether a thread that waits or has ended is followed by the one before it, not after it.</param>
/// <param name="Changes">The points, counted from the beginning, and to which of the other threads.</param>
internal sealed record Plan(bool Backwards, IReadOnlyList<(int Step, int Thread)> Changes)
{
    /// <summary>Returns the plans without a change.</summary>
    public static IEnumerable<Plan> Straight() => [new(false, []), new(true, [])];

    /// <summary>Returns all plans with one change.</summary>
    public static IEnumerable<Plan> WithOneChange(int steps, int threads) =>
        from step in Enumerable.Range(1, steps)
        from thread in Enumerable.Range(0, threads - 1)
        from backwards in new[] { false, true }
        select new Plan(backwards, [(step, thread)]);

    /// <summary>Returns a plan with two to five changes somewhere.</summary>
    public static Plan Random(int seed, int steps, int threads)
    {
        var random = new Random(seed);
        int[] at = [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => random.Next(1, steps + 1)).Order()];
        return new Plan(random.Next(2) == 0, [.. at.Select(step => (step, random.Next(threads - 1)))]);
    }

    public override string ToString() => $"{(Backwards ? "backwards, " : "")}{(Changes.Count == 0 ? "no change" : string.Join(", ", Changes.Select(change => $"({change.Step}, {change.Thread})")))}";
}
