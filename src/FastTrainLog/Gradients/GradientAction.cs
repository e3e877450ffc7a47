namespace FastTrainLog.Gradients;

/// <summary>What a clipper did to the gradients of one step.</summary>
[Flags]
public enum GradientAction
{
    /// <summary>Nothing was written, or only the loss scale was divided out.</summary>
    None = 0,

    /// <summary>The limit was exceeded and the gradients were scaled or clamped to it.</summary>
    Clipped = 1,

    /// <summary>Non-finite elements were set to zero.</summary>
    Sanitized = 2,

    /// <summary>All gradients were set to zero because of a non-finite element.</summary>
    Skipped = 4,

    /// <summary>A non-finite element was found and, according to the policy, left unchanged.</summary>
    Reported = 8,

    /// <summary>
    /// The work was issued to a device and nothing is known yet: magnitudes are NaN. <see cref="GradientClipper.TryRead"/> returns the
    /// step's statistics when the device has finished it.
    /// </summary>
    Pending = 16,

    /// <summary>
    /// A finite element would have become infinite, because it exceeds the range of its type once the loss scale is divided out: 60,000 in float16 at an inverse
    /// scale of 2. The step counts as non-finite; <see cref="Skipped"/>, <see cref="Sanitized"/> or <see cref="Reported"/> shows what was done.
    /// </summary>
    Overflowed = 32,
}
