namespace FastTrainLog.Indexing;

/// <summary>A summary of consecutive points of an indexed series.</summary>
/// <param name="FirstStep">The step of the first point.</param>
/// <param name="LastStep">The step of the last point.</param>
/// <param name="Count">The number of points, including non-finite ones.</param>
/// <param name="Minimum">The lowest finite value; NaN if there is none.</param>
/// <param name="Maximum">The highest finite value; NaN if there is none.</param>
/// <param name="Mean">The mean of the finite values; NaN if there is none.</param>
/// <param name="Last">The value of the last point, finite or not.</param>
/// <param name="NonFiniteCount">The number of non-finite points.</param>
/// <param name="NonFinite">The kinds of these values.</param>
public readonly record struct IndexedBucket(
    long FirstStep,
    long LastStep,
    long Count,
    double Minimum,
    double Maximum,
    double Mean,
    double Last,
    long NonFiniteCount,
    NonFiniteKinds NonFinite)
{
    internal static IndexedBucket Of(long step, double value) => double.IsFinite(value)
        ? new IndexedBucket(step, step, 1, value, value, value, value, 0, NonFiniteKinds.None)
        : new IndexedBucket(step, step, 1, double.NaN, double.NaN, double.NaN, value, 1, KindOf(value));

    internal static IndexedBucket Of(ReadOnlySpan<long> steps, ReadOnlySpan<double> values)
    {
        double minimum = double.PositiveInfinity;
        double maximum = double.NegativeInfinity;
        int finite = 0;
        NonFiniteKinds kinds = NonFiniteKinds.None;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                minimum = Math.Min(minimum, value);
                maximum = Math.Max(maximum, value);
                finite++;
            }
            else
            {
                kinds |= KindOf(value);
            }
        }

        if (finite == 0)
        {
            return new IndexedBucket(steps[0], steps[^1], values.Length, double.NaN, double.NaN, double.NaN, values[^1], values.Length, kinds);
        }

        // Each value is divided first: the sum of large ones must not overflow.
        double mean = 0.0;
        foreach (double value in values)
        {
            mean += double.IsFinite(value) ? value / finite : 0.0;
        }

        return new IndexedBucket(steps[0], steps[^1], values.Length, minimum, maximum, mean, values[^1], values.Length - finite, kinds);
    }

    /// <summary>Returns the bucket of this one's points and those of the next.</summary>
    internal IndexedBucket Join(in IndexedBucket next)
    {
        double finite = Count - NonFiniteCount;
        double added = next.Count - next.NonFiniteCount;
        return new IndexedBucket(
            FirstStep,
            next.LastStep,
            Count + next.Count,
            finite == 0 ? next.Minimum : added == 0 ? Minimum : Math.Min(Minimum, next.Minimum),
            finite == 0 ? next.Maximum : added == 0 ? Maximum : Math.Max(Maximum, next.Maximum),
            // Each part is divided first: the sum of two large values must not overflow.
            finite == 0 ? next.Mean : added == 0 ? Mean : (Mean * (finite / (finite + added))) + (next.Mean * (added / (finite + added))),
            next.Last,
            NonFiniteCount + next.NonFiniteCount,
            NonFinite | next.NonFinite);
    }

    private static NonFiniteKinds KindOf(double value) =>
        double.IsNaN(value) ? NonFiniteKinds.NaN : value > 0 ? NonFiniteKinds.PositiveInfinity : NonFiniteKinds.NegativeInfinity;
}
