using FastTrainLog.Gradients;

namespace FastTrainLog.GpuBench.Cases;

/// <summary>Reads, writes and rounds single elements of each type, by the framework's own conversions.</summary>
internal static class Element
{
    public static int SizeOf(GradientType type) => type switch
    {
        GradientType.Float64 => 8,
        GradientType.Float32 => 4,
        _ => 2,
    };

    public static double Read(ReadOnlySpan<byte> bytes, int index, GradientType type) => type switch
    {
        GradientType.Float64 => BitConverter.ToDouble(bytes[(index * 8)..]),
        GradientType.Float32 => BitConverter.ToSingle(bytes[(index * 4)..]),
        GradientType.Float16 => (double)BitConverter.ToHalf(bytes[(index * 2)..]),
        _ => BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(bytes[(index * 2)..]) << 16),
    };

    public static void Write(Span<byte> bytes, int index, GradientType type, double value)
    {
        switch (type)
        {
            case GradientType.Float64:
                BitConverter.TryWriteBytes(bytes[(index * 8)..], value);
                break;
            case GradientType.Float32:
                BitConverter.TryWriteBytes(bytes[(index * 4)..], (float)value);
                break;
            case GradientType.Float16:
                BitConverter.TryWriteBytes(bytes[(index * 2)..], (Half)(float)value);
                break;
            default:
                BitConverter.TryWriteBytes(bytes[(index * 2)..], ToBFloat16((float)value));
                break;
        }
    }

    /// <summary>Gets the largest finite value of a type.</summary>
    public static double Maximum(GradientType type) => type switch
    {
        GradientType.Float64 => double.MaxValue,
        GradientType.Float32 => float.MaxValue,
        GradientType.Float16 => (double)Half.MaxValue,
        _ => BitConverter.UInt32BitsToSingle(0x7F7F0000),
    };

    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            return (ushort)((bits >> 16) | 0x0040);
        }

        uint below = bits & 0xFFFF;
        uint upper = bits >> 16;
        bool up = below > 0x8000 || (below == 0x8000 && (upper & 1) == 1);
        return (ushort)(up ? upper + 1 : upper);
    }
}
