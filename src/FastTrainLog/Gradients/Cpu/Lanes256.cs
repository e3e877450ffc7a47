using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastTrainLog.Gradients;

/// <inheritdoc cref="ILanes{TFloats, TDoubles}"/>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>, Vector256<double>>
{
    public static int Floats => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadMagnitudes(float* from) => Vector256.Abs(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MaxBits(Vector256<float> left, Vector256<float> right)
        => Vector256.Max(left.AsUInt32(), right.AsUInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> CountNonZero(Vector256<float> counters, Vector256<float> magnitudes)
        => (counters.AsUInt32() + Vector256.Min(magnitudes.AsUInt32(), Vector256<uint>.One)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquaresLower(Vector256<double> sums, float* from) => AddSquares(sums, Widen(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquaresUpper(Vector256<double> sums, float* from)
        => AddSquares(sums, Widen(from + Vector256<double>.Count));

    public static uint MaxBits(Vector256<float> bits)
    {
        uint largest = 0;
        for (int i = 0; i < Vector256<float>.Count; i++)
        {
            largest = Math.Max(largest, bits.AsUInt32().GetElement(i));
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Total(Vector256<float> counters) => Vector256.Sum(counters.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LoadMagnitudes(double* from) => Vector256.Abs(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Max(Vector256<double> left, Vector256<double> right) => Vector256.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> CountZero(Vector256<double> counters, Vector256<double> magnitudes)
        => (counters.AsInt64() - Vector256.Equals(magnitudes, Vector256<double>.Zero).AsInt64()).AsDouble();

    // The square of a float32 is exact in float64, so whether the machine fuses the two operations makes no difference to it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> AddSquares(Vector256<double> sums, Vector256<double> values)
        => Vector256.MultiplyAddEstimate(values, values, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> values) => Vector256.Sum(values);

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
