using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastTrainLog.Gradients;

/// <summary>Converts blocks of float16 and bfloat16 to float32 and back, rounding to nearest with ties to even.</summary>
/// <remarks>
/// .NET 10 has no vector conversion for either type. The arithmetic is on bit patterns: a float16's exponent and significand, shifted to the
/// position in a float32, are its value times 2^-112, including subnormals. On machines without 256-bit vectors the runtime uses pairs of 128 bits.
/// </remarks>
internal static unsafe class HalfPrecision
{
    private const uint SignBit = 0x8000_0000;
    private const uint InfinityBits = 0x7F80_0000;
    private const float TwoTo112 = 5.192296858534828e33f;

    /// <summary>Converts to float32.</summary>
    /// <param name="from">The 16-bit elements, of any alignment.</param>
    /// <param name="to">Space for <paramref name="count"/> float32.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="type">Float16 or BFloat16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* from, float* to, int count, GradientType type)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Widen(Load(from + i), type).Store(to + i);
        }

        if (i < count)
        {
            ushort* padded = stackalloc ushort[Vector256<float>.Count];
            float* widened = stackalloc float[Vector256<float>.Count];
            Copy(from + i, padded, count - i);
            Widen(Load(padded), type).Store(widened);
            new ReadOnlySpan<float>(widened, count - i).CopyTo(new Span<float>(to + i, count - i));
        }
    }

    /// <summary>Converts from float32.</summary>
    /// <param name="from">The elements.</param>
    /// <param name="to">Space for <paramref name="count"/> 16-bit elements, of any alignment.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="type">Float16 or BFloat16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(float* from, ushort* to, int count, GradientType type)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Store(Narrow(Vector256.Load(from + i), type), to + i);
        }

        if (i < count)
        {
            float* padded = stackalloc float[Vector256<float>.Count];
            ushort* narrowed = stackalloc ushort[Vector256<float>.Count];
            new ReadOnlySpan<float>(from + i, count - i).CopyTo(new Span<float>(padded, count - i));
            Store(Narrow(Vector256.Load(padded), type), narrowed);
            Copy(narrowed, to + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load(ushort* from)
    {
        Vector128<ushort> narrow = Vector128.Load(from);
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> bits, ushort* to) => Vector128.Narrow(bits.GetLower(), bits.GetUpper()).Store(to);

    private static void Copy(ushort* from, ushort* to, int count)
        => new ReadOnlySpan<ushort>(from, count).CopyTo(new Span<ushort>(to, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(Vector256<uint> bits, GradientType type)
    {
        if (type == GradientType.BFloat16)
        {
            return (bits << 16).AsSingle();
        }

        Vector256<uint> moved = (bits & Vector256.Create(0x7FFFu)) << 13;
        Vector256<uint> scaled = (moved.AsSingle() * Vector256.Create(TwoTo112)).AsUInt32();
        Vector256<uint> special = Vector256.GreaterThan(moved.AsInt32(), Vector256.Create(0x0F7F_FFFF)).AsUInt32();
        Vector256<uint> sign = (bits & Vector256.Create(0x8000u)) << 16;
        return (scaled | (special & Vector256.Create(InfinityBits)) | sign).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Narrow(Vector256<float> values, GradientType type)
    {
        Vector256<uint> bits = values.AsUInt32();
        Vector256<uint> magnitude = bits & Vector256.Create(~SignBit);
        Vector256<uint> isNaN = Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create((int)InfinityBits)).AsUInt32();
        if (type == GradientType.BFloat16)
        {
            Vector256<uint> rounded = bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One);
            return Vector256.ConditionalSelect(isNaN, bits | Vector256.Create(0x0040_0000u), rounded) >> 16;
        }

        // Rounds to the last bit of the float16, ties to even; a carry goes into the exponent.
        Vector256<uint> normal = (magnitude + Vector256.Create(0xC800_0FFFu) + ((magnitude >> 13) & Vector256<uint>.One)) >> 13;

        // After adding 0.5 the last bit of the float32 has the weight of the last bit of a float16 subnormal, so the addition itself rounds.
        Vector256<uint> half = Vector256.Create(0.5f).AsUInt32();
        Vector256<uint> subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - half;

        Vector256<uint> isSmall = Vector256.LessThan(magnitude.AsInt32(), Vector256.Create(0x3880_0000)).AsUInt32();
        Vector256<uint> isLarge = Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x477F_EFFF)).AsUInt32();
        Vector256<uint> narrowed = Vector256.ConditionalSelect(isSmall, subnormal, normal);
        narrowed = Vector256.ConditionalSelect(isLarge, Vector256.Create(0x7C00u), narrowed);
        narrowed = Vector256.ConditionalSelect(isNaN, Vector256.Create(0x7E00u), narrowed);
        return narrowed | ((bits & Vector256.Create(SignBit)) >> 16);
    }
}
