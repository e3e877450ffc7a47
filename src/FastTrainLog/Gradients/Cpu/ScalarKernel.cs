using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients;

/// <summary>The element-by-element form of both passes: exact in every case, used where the vector forms are not applicable.</summary>
internal static unsafe class ScalarKernel
{
    public static Partial Measure(void* first, long count, GradientType type)
    {
        Partial partial = default;
        for (long i = 0; i < count; i++)
        {
            partial.Add(Load(first, i, type));
        }

        return partial;
    }

    public static void Write(void* first, long count, GradientType type, in Rewrite rewrite)
    {
        for (long i = 0; i < count; i++)
        {
            Store(first, i, type, rewrite.Apply(Load(first, i, type), type));
        }
    }

    /// <summary>Counts finite magnitudes that are not zero by their power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CountMagnitudes(void* first, long count, GradientType type, double scale, Span<int> bins)
    {
        const int ExponentBias = 1023;
        const int ExponentOfInfinity = 0x7FF;
        for (long i = 0; i < count; i++)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(Load(first, i, type) * scale) << 1;
            int exponent = (int)(bits >> 53);
            if (bits != 0 && exponent != ExponentOfInfinity)
            {
                bins[Math.Clamp(exponent - ExponentBias - GradientHistogram.LowestExponent + 1, 0, bins.Length - 1)]++;
            }
        }
    }

    // Buffers may have any alignment, so every access is unaligned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Load(void* first, long index, GradientType type) => type switch
    {
        GradientType.Float32 => Unsafe.ReadUnaligned<float>((float*)first + index),
        GradientType.Float64 => Unsafe.ReadUnaligned<double>((double*)first + index),
        GradientType.Float16 => (double)Unsafe.ReadUnaligned<Half>((Half*)first + index),
        _ => BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>((ushort*)first + index) << 16),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(void* first, long index, GradientType type, double value)
    {
        switch (type)
        {
            case GradientType.Float32:
                Unsafe.WriteUnaligned((float*)first + index, (float)value);
                break;
            case GradientType.Float64:
                Unsafe.WriteUnaligned((double*)first + index, value);
                break;
            case GradientType.Float16:
                Unsafe.WriteUnaligned((Half*)first + index, (Half)value);
                break;
            default:
                Unsafe.WriteUnaligned((ushort*)first + index, ToBFloat16((float)value));
                break;
        }
    }

    /// <summary>Rounds to the nearest bfloat16, ties to even; a NaN remains NaN.</summary>
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x0040)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
