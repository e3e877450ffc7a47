using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastTrainLog.Gradients;

/// <inheritdoc cref="ILanes{TFloats, TDoubles, TCount}"/>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>, Vector128<double>, Vector128<uint>>
{
    public static int Floats => Vector128<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Abs(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MaxMagnitude(Vector128<float> left, Vector128<float> loaded)
        => Vector128.Max(left.AsUInt32(), loaded.AsUInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> AddZero(Vector128<uint> count, Vector128<float> loaded)
        => count - Vector128.Equals(loaded.AsUInt32(), Vector128<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AddSquaresLower(Vector128<double> sums, Vector128<float> loaded, float* from) => AddSquares(sums, Widen(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AddSquaresUpper(Vector128<double> sums, Vector128<float> loaded, float* from)
        => AddSquares(sums, Widen(from + Vector128<double>.Count));

    // Magnitudes compare in the same order as their bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector128<float> magnitudes)
    {
        Vector128<uint> bits = magnitudes.AsUInt32();
        bits = Vector128.Max(bits, Vector128.Shuffle(bits, Vector128.Create(2u, 3u, 0u, 1u)));
        bits = Vector128.Max(bits, Vector128.Shuffle(bits, Vector128.Create(1u, 0u, 3u, 2u)));
        return bits.AsSingle().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Total(Vector128<uint> count) => (int)Vector128.Sum(count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> LoadMagnitudes(double* from) => Vector128.Abs(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Max(Vector128<double> left, Vector128<double> right) => Vector128.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> CountZero(Vector128<double> counters, Vector128<double> magnitudes)
        => (counters.AsInt64() - Vector128.Equals(magnitudes, Vector128<double>.Zero).AsInt64()).AsDouble();

    // The square of a float32 is exact in float64, so the result is the same whether or not the machine fuses the two operations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> AddSquares(Vector128<double> sums, Vector128<double> values)
        => Vector128.MultiplyAddEstimate(values, values, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector128<double> values) => Vector128.Sum(values);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Max(Vector128<double> values)
    {
        double largest = 0.0;
        for (int i = 0; i < Vector128<double>.Count; i++)
        {
            largest = Math.Max(largest, values.GetElement(i));
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Total(Vector128<double> counters) => Vector128.Sum(counters.AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<double> Widen(float* from)
        => Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<double>(from)).AsSingle());
}
