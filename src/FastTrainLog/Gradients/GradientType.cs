namespace FastTrainLog.Gradients;

/// <summary>The element type of a gradient buffer.</summary>
public enum GradientType : byte
{
    /// <summary>IEEE 754 binary32, four bytes.</summary>
    Float32,

    /// <summary>IEEE 754 binary64, eight bytes.</summary>
    Float64,

    /// <summary>IEEE 754 binary16, two bytes.</summary>
    Float16,

    /// <summary>bfloat16, the upper half of a binary32, two bytes.</summary>
    BFloat16,
}
