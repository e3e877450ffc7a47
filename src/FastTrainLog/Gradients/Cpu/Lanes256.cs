using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Gradients;

/// <inheritdoc cref="ILanes{TFloats, TDoubles, TCount}"/>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>, Vector256<double>, Vector256<uint>>
{
    public static int Floats => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Abs(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MaxMagnitude(Vector256<float> left, Vector256<float> loaded)
        => Vector256.Max(left.AsUInt32(), loaded.AsUInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> AddZero(Vector256<uint> count, Vector256<float> loaded)
        => count - Vector256.Equals(loaded.AsUInt32(), Vector256<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquaresLower(Vector256<double> sums, Vector256<float> loaded, float* from) => AddSquares(sums, Widen(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquaresUpper(Vector256<double> sums, Vector256<float> loaded, float* from)
        => AddSquares(sums, Widen(from + Vector256<double>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector256<float> magnitudes)
        => Lanes128.Max(Vector128.Max(magnitudes.GetLower().AsUInt32(), magnitudes.GetUpper().AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Total(Vector256<uint> count) => (int)Vector256.Sum(count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LoadMagnitudes(double* from) => Vector256.Abs(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Max(Vector256<double> left, Vector256<double> right) => Vector256.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> CountZero(Vector256<double> counters, Vector256<double> magnitudes)
        => (counters.AsInt64() - Vector256.Equals(magnitudes, Vector256<double>.Zero).AsInt64()).AsDouble();

    // The square of a float32 is exact in float64, so the result is the same whether or not the machine fuses the two operations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquares(Vector256<double> sums, Vector256<double> values)
        => Vector256.MultiplyAddEstimate(values, values, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> values) => Vector256.Sum(values);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Max(Vector256<double> values)
    {
        double largest = 0.0;
        for (int i = 0; i < Vector256<double>.Count; i++)
        {
            largest = Math.Max(largest, values.GetElement(i));
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Total(Vector256<double> counters) => Vector256.Sum(counters.AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Widen(float* from) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(Vector128.Load(from))
        : Vector256.Create(Lanes128.Widen(from), Lanes128.Widen(from + Vector128<double>.Count));
}
