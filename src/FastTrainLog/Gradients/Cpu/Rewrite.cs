namespace FastTrainLog.Gradients;

/// <summary>How elements are written back: made zero, or multiplied and then clamped, bad ones to zero first if asked.</summary>
/// <param name="Factor">The factor, which may be too small for a float32.</param>
/// <param name="ClampAt">The largest magnitude allowed after the multiplication, positive infinity for any.</param>
/// <param name="Sanitize">Whether NaN and infinities become zero.</param>
/// <param name="Zero">Whether every element becomes zero, whatever the rest says.</param>
internal readonly record struct Rewrite(double Factor, double ClampAt, bool Sanitize, bool Zero)
{
    public bool ChangesNothing => !Zero && !Sanitize && Factor == 1.0 && double.IsPositiveInfinity(ClampAt);

    public double Apply(double value)
    {
        if (Sanitize && !double.IsFinite(value))
        {
            return 0.0;
        }

        double scaled = value * Factor;
        return scaled > ClampAt ? ClampAt : scaled < -ClampAt ? -ClampAt : scaled;
    }
}
