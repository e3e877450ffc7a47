namespace FastTrainLog.Gradients;

/// <summary>The range of an element type.</summary>
internal static class ElementRange
{
    private const float SmallestAboveFloat16 = 65520f;       // 2^16 − 2^4, half-way from the largest float16 to 2^16
    private const float SmallestAboveBFloat16 = 3.3961775e38f; // 2^128 − 2^119, half-way from the largest bfloat16 to 2^128

    /// <summary>Returns the largest float32 that rounds to a finite element.</summary>
    public static float LargestFor(GradientType type) => type switch
    {
        GradientType.Float16 => MathF.BitDecrement(SmallestAboveFloat16),
        GradientType.BFloat16 => MathF.BitDecrement(SmallestAboveBFloat16),
        _ => float.MaxValue,
    };

    /// <summary>Returns whether a value becomes infinite or a NaN when it is stored.</summary>
    public static bool Overflows(double value, GradientType type)
        => type == GradientType.Float64 ? !double.IsFinite(value) : !(Math.Abs((float)value) <= LargestFor(type));
}
