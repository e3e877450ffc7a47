namespace FastTrainLog.Gradients;

/// <summary>The width of the vectors used to compute the statistics.</summary>
internal enum SimdLevel
{
    /// <summary>One element at a time, for machines without vectors.</summary>
    Scalar,

    /// <summary>128 bits: NEON on ARM, SSE on x86.</summary>
    Vector128,

    /// <summary>256 bits: AVX2.</summary>
    Vector256,

    /// <summary>512 bits: AVX-512.</summary>
    Vector512,
}
