namespace FastTrainLog.Series;

/// <summary>A summary of consecutive points of a series.</summary>
/// <param name="FirstStep">The step of its first point.</param>
/// <param name="LastStep">The step of its last point.</param>
/// <param name="Points">The number of points, those that are not finite included.</param>
/// <param name="NonFinite">The number of points that are not finite.</param>
/// <param name="Minimum">The lowest finite value; NaN if there is none.</param>
/// <param name="MinimumStep">The step of that value.</param>
/// <param name="Maximum">The highest finite value; NaN if there is none.</param>
/// <param name="MaximumStep">The step of that value.</param>
/// <param name="Mean">The mean of the finite values; NaN if there is none.</param>
/// <param name="Last">The value of the last point.</param>
public readonly record struct SeriesBucket(
    long FirstStep,
    long LastStep,
    long Points,
    long NonFinite,
    double Minimum,
    long MinimumStep,
    double Maximum,
    long MaximumStep,
    double Mean,
    double Last)
{
    internal static SeriesBucket Of(long step, double value) => double.IsFinite(value)
        ? new SeriesBucket(step, step, 1, 0, value, step, value, step, value, value)
        : new SeriesBucket(step, step, 1, 1, double.NaN, step, double.NaN, step, double.NaN, value);

    /// <summary>Returns the bucket with one more point: what <see cref="Join"/> makes of it, without making a bucket of the point.</summary>
    internal SeriesBucket With(long step, double value)
    {
        if (!double.IsFinite(value))
        {
            return this with { LastStep = step, Points = Points + 1, NonFinite = NonFinite + 1, Last = value };
        }

        long finite = Points - NonFinite + 1;
        bool lower = finite == 1 || value < Minimum;
        bool higher = finite == 1 || value > Maximum;
        return new SeriesBucket(
            FirstStep,
            step,
            Points + 1,
            NonFinite,
            lower ? value : Minimum,
            lower ? step : MinimumStep,
            higher ? value : Maximum,
            higher ? step : MaximumStep,
            // Each part is divided first: the difference of two large values must not overflow.
            finite == 1 ? value : Mean + ((value / finite) - (Mean / finite)),
            value);
    }

    internal SeriesBucket Join(in SeriesBucket next)
    {
        long finite = Points - NonFinite;
        long added = next.Points - next.NonFinite;
        bool lower = finite == 0 || next.Minimum < Minimum;
        bool higher = finite == 0 || next.Maximum > Maximum;
        double mean = finite == 0 ? next.Mean
            : added == 0 ? Mean
            // Each part is divided first: the sum of two large values must not overflow.
            : (Mean * (finite / (double)(finite + added))) + (next.Mean * (added / (double)(finite + added)));
        return new SeriesBucket(
            FirstStep,
            next.LastStep,
            Points + next.Points,
            NonFinite + next.NonFinite,
            lower && added > 0 ? next.Minimum : Minimum,
            lower && added > 0 ? next.MinimumStep : MinimumStep,
            higher && added > 0 ? next.Maximum : Maximum,
            higher && added > 0 ? next.MaximumStep : MaximumStep,
            mean,
            next.Last);
    }
}
