namespace FastTrainLog.Schedules.Tests;

/// <summary>Where an execution changes from a thread that could go on to another.</summary>
/// <param name="Backwards">Whether a thread that waits or has ended is followed by the one before it, not after it.</param>
/// <param name="Changes">The points, counted from the beginning, and to which of the other threads.</param>
internal sealed record Plan(bool Backwards, IReadOnlyList<(int Step, int Thread)> Changes)
{
    // Longer than any execution: then only what the thread itself does brings it about.
    private const int Never = int.MaxValue;

    // About as many points as a thread passes between two accesses that belong together.
    private const int Near = 16;

    private IReadOnlyList<(int First, int Last, int Until)> _late = [];

    /// <summary>Gets the order in which the stores of a thread reach the memory.</summary>
    public MemoryOrder Order { get; private init; }

    /// <summary>Returns the plans without a change.</summary>
    public static IEnumerable<Plan> Straight() => [new(false, []), new(true, [])];

    /// <summary>Returns all plans with one change.</summary>
    public static IEnumerable<Plan> WithOneChange(int steps, int threads) =>
        from step in Enumerable.Range(1, steps)
        from thread in Enumerable.Range(0, threads - 1)
        from backwards in new[] { false, true }
        select new Plan(backwards, [(step, thread)]);

    /// <summary>Returns a plan with some changes somewhere, half of them soon after the one before.</summary>
    public static Plan Random(Random random, int count, int steps, int threads)
    {
        var changes = new List<(int Step, int Thread)>();
        for (int i = count; i > 0; i--)
        {
            int step = changes.Count > 0 && random.Next(2) == 0 ? changes[^1].Step + random.Next(1, Near) : random.Next(1, steps + 1);
            changes.Add((step, random.Next(threads - 1)));
        }

        return new Plan(random.Next(2) == 0, [.. changes.OrderBy(change => change.Step)]);
    }

    /// <summary>Returns the plan with stores that reach the memory as late as they may.</summary>
    public Plan WithLateStores() => this with { Order = MemoryOrder.StoresLate, _late = [(0, Never, Never)] };

    /// <summary>Returns the plan with other changes from the first on at which another thread would miss a store.</summary>
    /// <param name="random">Chooses them.</param>
    /// <param name="passed">What the plan's own execution passed, with late stores.</param>
    /// <param name="threads">The number of threads.</param>
    public Plan WithLateStores(Random random, Passed passed, int threads)
    {
        // The last moment at which others miss a store is before a fence. A weak memory may show what is stored after it.
        bool isWeak = random.Next(3) == 0;
        IReadOnlyList<int> moments = isWeak ? passed.PlainStores : passed.Fences;
        int moment = moments.Count == 0 ? 1 : moments[random.Next(moments.Count)];
        int first = isWeak ? moment + random.Next(1, Near) : moment;
        var changes = new List<(int Step, int Thread)>(Changes.Where(change => change.Step < moment)) { (first, random.Next(threads - 1)) };
        for (int i = random.Next(1, 3); i > 0; i--)
        {
            changes.Add((changes[^1].Step + random.Next(1, Near), random.Next(threads - 1)));
        }

        return this with
        {
            Changes = changes,
            Order = isWeak ? MemoryOrder.Weak : MemoryOrder.StoresLate,
            // Half of them reach the memory when the thread is interrupted again.
            _late = [(isWeak ? moment : 0, isWeak ? moment : first, random.Next(2) == 0 ? Never : changes[^1].Step)],
        };
    }

    /// <summary>Returns the point at which what is stored at one may reach the memory.</summary>
    public int Until(int step)
    {
        int until = step;
        foreach ((int first, int last, int late) in _late)
        {
            until = step >= first && step <= last ? Math.Max(until, late) : until;
        }

        return until;
    }

    public override string ToString() =>
        $"{(Backwards ? "backwards, " : "")}{(Changes.Count == 0 ? "no change" : string.Join(", ", Changes.Select(change => $"({change.Step}, {change.Thread})")))}"
        + $"{(Order == MemoryOrder.Sequential ? "" : $", {Order}: {string.Join(", ", _late)}")}";
}
