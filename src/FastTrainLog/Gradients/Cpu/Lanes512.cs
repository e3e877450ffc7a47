using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Gradients;

/// <inheritdoc cref="ILanes{TFloats, TDoubles, TCount}"/>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>, Vector512<double>, int>
{
    public static int Floats => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    // One instruction for magnitude and maximum, and a count by mask in the scalar units: on Zen 4, which runs 512 bits in two halves, this
    // is what makes them as fast as 256.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MaxMagnitude(Vector512<float> left, Vector512<float> loaded) => Avx512DQ.IsSupported
        ? Avx512DQ.Range(left, loaded, 0b1011)
        : Vector512.MaxNative(left, Vector512.Abs(loaded));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AddNonZero(int count, Vector512<float> loaded)
        => count + Vector512<float>.Count - BitOperations.PopCount(Vector512.Equals(loaded, Vector512<float>.Zero).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddSquaresLower(Vector512<double> sums, float* from) => AddSquares(sums, Widen(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddSquaresUpper(Vector512<double> sums, float* from)
        => AddSquares(sums, Widen(from + Vector512<double>.Count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(Vector512<float> magnitudes)
    {
        float largest = 0f;
        for (int i = 0; i < Vector512<float>.Count; i++)
        {
            largest = Math.Max(largest, magnitudes.GetElement(i));
        }

        return largest;
    }

    public static int Total(int count) => count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LoadMagnitudes(double* from) => Vector512.Abs(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Max(Vector512<double> left, Vector512<double> right) => Vector512.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> CountZero(Vector512<double> counters, Vector512<double> magnitudes)
        => (counters.AsInt64() - Vector512.Equals(magnitudes, Vector512<double>.Zero).AsInt64()).AsDouble();

    // The square of a float32 is exact in float64, so whether the machine fuses the two operations makes no difference to it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddSquares(Vector512<double> sums, Vector512<double> values)
        => Vector512.MultiplyAddEstimate(values, values, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> values) => Vector512.Sum(values);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Max(Vector512<double> values)
    {
        double largest = 0.0;
        for (int i = 0; i < Vector512<double>.Count; i++)
        {
            largest = Math.Max(largest, values.GetElement(i));
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Total(Vector512<double> counters) => Vector512.Sum(counters.AsInt64());

    // From memory, not from the register that holds the magnitudes: extracting a register's upper half costs a shuffle (measured 8%).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(float* from) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(Vector256.Load(from))
        : Vector512.Create(Lanes256.Widen(from), Lanes256.Widen(from + Vector256<double>.Count));
}
