using System.Runtime.Intrinsics;

namespace FastTrainLog.Gradients;

/// <summary>Sixteen float32 in two registers, each as many as a vector of 512 bits has float64.</summary>
/// <param name="Lower">The first eight.</param>
/// <param name="Upper">The last eight.</param>
internal readonly record struct FloatPair(Vector256<float> Lower, Vector256<float> Upper);
