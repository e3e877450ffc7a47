using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Gradients;

/// <inheritdoc cref="ILanes{TFloats, TDoubles, TCount}"/>
internal readonly unsafe struct Lanes512 : ILanes<FloatPair, Vector512<double>, Vector256<uint>>
{
    public static int Floats => 2 * Vector256<float>.Count;

    // Two halves, because one instruction widens each: loading a line a second time to widen it, or shuffling its upper half down, costs more.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatPair Load(float* from) => new(Vector256.Load(from), Vector256.Load(from + Vector256<float>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatPair MaxMagnitude(FloatPair left, FloatPair loaded)
        => new(MaxMagnitude(left.Lower, loaded.Lower), MaxMagnitude(left.Upper, loaded.Upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> AddZero(Vector256<uint> count, FloatPair loaded) => AddZero(AddZero(count, loaded.Lower), loaded.Upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddSquaresLower(Vector512<double> sums, FloatPair loaded, float* from) => AddSquares(sums, Widen(loaded.Lower));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> AddSquaresUpper(Vector512<double> sums, FloatPair loaded, float* from) => AddSquares(sums, Widen(loaded.Upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(FloatPair magnitudes)
        => Lanes256.Max(Lanes256.MaxMagnitude(Vector256.Abs(magnitudes.Lower), Vector256.Abs(magnitudes.Upper)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Total(Vector256<uint> count) => Lanes256.Total(count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LoadMagnitudes(double* from) => Vector512.Abs(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Max(Vector512<double> left, Vector512<double> right) => Vector512.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> CountZero(Vector512<double> counters, Vector512<double> magnitudes)
        => (counters.AsInt64() - Vector512.Equals(magnitudes, Vector512<double>.Zero).AsInt64()).AsDouble();

    // The square of a float32 is exact in float64, so the result is the same whether or not the machine fuses the two operations.
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

    // One instruction for magnitude and maximum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> MaxMagnitude(Vector256<float> left, Vector256<float> loaded) => Avx512DQ.VL.IsSupported
        ? Avx512DQ.VL.Range(left, loaded, 0b1011)
        : Vector256.MaxNative(left, Vector256.Abs(loaded));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> AddZero(Vector256<uint> count, Vector256<float> loaded)
        => count - Vector256.Equals(loaded, Vector256<float>.Zero).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Widen(Vector256<float> loaded) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Double(loaded)
        : Vector512.Create(Vector256.WidenLower(loaded), Vector256.WidenUpper(loaded));
}
