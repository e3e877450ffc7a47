namespace FastTrainLog.Gradients;

/// <summary>How elements are written back: set to zero, or multiplied and then clamped, non-finite ones set to zero first if requested.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="ClampAt">The largest magnitude allowed after the multiplication, positive infinity for no limit.</param>
/// <param name="Sanitize">Whether NaN, infinities and elements that the multiplication would make infinite become zero.</param>
/// <param name="Zero">Whether every element becomes zero, regardless of the rest.</param>
internal readonly record struct Rewrite(ScaleFactor Factor, double ClampAt, bool Sanitize, bool Zero)
{
    public bool ChangesNothing => !Zero && !Sanitize && Factor.IsOne && double.IsPositiveInfinity(ClampAt);

    public double Apply(double value, GradientType type)
    {
        if (Sanitize && !double.IsFinite(value))
        {
            return 0.0;
        }

        double scaled = Factor.Times(value);
        scaled = scaled > ClampAt ? ClampAt : scaled < -ClampAt ? -ClampAt : scaled;
        return Sanitize && ElementRange.Overflows(scaled, type) ? 0.0 : scaled;
    }
}
