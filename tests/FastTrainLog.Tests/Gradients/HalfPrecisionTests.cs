using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

public sealed unsafe class HalfPrecisionTests
{
    [Fact]
    public void Every_float16_widens_to_its_value()
    {
        for (int length = 65_536; length > 65_527; length--)
        {
            (ushort[] bits, float[] values) = Widen(GradientType.Float16, length);

            for (int i = 0; i < length; i++)
            {
                if (!((float)BitConverter.UInt16BitsToHalf(bits[i])).Equals(values[i]))
                {
                    Assert.Fail($"{bits[i]:X4} became {values[i]:R}");
                }
            }
        }
    }

    [Fact]
    public void Every_bfloat16_widens_to_its_value()
    {
        (ushort[] bits, float[] values) = Widen(GradientType.BFloat16, 65_536);

        for (int i = 0; i < bits.Length; i++)
        {
            Assert.Equal(BitConverter.Int32BitsToSingle(bits[i] << 16), values[i]);
        }
    }

    [Fact]
    public void Float32_narrows_to_the_nearest_float16_ties_to_even()
    {
        float[] values = Float32Samples(65504f, 65519.996f, 65520f, 6.1035156e-5f, 5.9604645e-8f, 2.9802322e-8f, 2.98023242e-8f);
        ushort[] narrowed = Narrow(values, GradientType.Float16);

        for (int i = 0; i < values.Length; i++)
        {
            var expected = (Half)values[i];
            var actual = BitConverter.UInt16BitsToHalf(narrowed[i]);
            if (Half.IsNaN(expected) ? !Half.IsNaN(actual) : BitConverter.HalfToUInt16Bits(expected) != narrowed[i])
            {
                Assert.Fail($"{values[i]:R} became {actual}, expected {expected}");
            }
        }
    }

    [Fact]
    public void Float32_narrows_to_the_nearest_bfloat16_ties_to_even()
    {
        float[] values = Float32Samples(float.MaxValue, 3.3895314e38f, 1.00390625f, 1.01171875f, 1e-45f);
        ushort[] narrowed = Narrow(values, GradientType.BFloat16);

        for (int i = 0; i < values.Length; i++)
        {
            float actual = BitConverter.Int32BitsToSingle(narrowed[i] << 16);
            if (float.IsNaN(values[i]))
            {
                Assert.True(float.IsNaN(actual));
                continue;
            }

            // No other bfloat16 may lie nearer, and of two at the same distance the even one wins.
            double distance = Distance(values[i], narrowed[i]);
            Assert.False(distance > Distance(values[i], (ushort)(narrowed[i] + 1)), $"{values[i]:R} became {actual:R}");
            Assert.False(distance > Distance(values[i], (ushort)(narrowed[i] - 1)), $"{values[i]:R} became {actual:R}");
            bool tie = distance != 0 && (distance == Distance(values[i], (ushort)(narrowed[i] + 1)) || distance == Distance(values[i], (ushort)(narrowed[i] - 1)));
            Assert.False(tie && (narrowed[i] & 1) != 0, $"{values[i]:R} lies between two and became the odd {actual:R}");
        }
    }

    private static double Distance(float value, ushort bits)
    {
        float candidate = BitConverter.Int32BitsToSingle(bits << 16);

        // Infinity stands where the next finite number would: that is how IEEE 754 rounds past the largest.
        double place = float.IsInfinity(candidate) ? Math.CopySign(Math.ScaleB(1.0, 128), candidate) : candidate;
        double exact = float.IsInfinity(value) ? Math.CopySign(Math.ScaleB(1.0, 128), value) : value;
        return float.IsNaN(candidate) || Math.Sign(place) * Math.Sign(exact) < 0 ? double.PositiveInfinity : Math.Abs(place - exact);
    }

    private static float[] Float32Samples(params float[] special)
    {
        var random = new Random(21);
        var samples = new List<float>([0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, .. special, .. special.Select(v => -v)]);
        while (samples.Count < 100_000)
        {
            // Half of them where float16 lives, the others anywhere; every fourth exactly between two neighbours.
            uint bits = samples.Count % 2 == 0
                ? (uint)random.NextInt64(0x3280_0000, 0x4800_0000)
                : (uint)random.NextInt64(1L << 32);
            bits = (samples.Count % 8) switch { 0 => (bits & ~0x1FFFu) | 0x1000, 1 => (bits & ~0xFFFFu) | 0x8000, _ => bits };
            samples.Add(BitConverter.UInt32BitsToSingle(bits));
        }

        return [.. samples];
    }

    private static (ushort[] Bits, float[] Values) Widen(GradientType type, int length)
    {
        ushort[] bits = [.. Enumerable.Range(0, length).Select(i => (ushort)i)];
        var values = new float[length];
        fixed (ushort* from = bits)
        fixed (float* to = values)
        {
            HalfPrecision.Widen(from, to, length, type);
        }

        return (bits, values);
    }

    private static ushort[] Narrow(float[] values, GradientType type)
    {
        var narrowed = new ushort[values.Length];
        fixed (float* from = values)
        fixed (ushort* to = narrowed)
        {
            HalfPrecision.Narrow(from, to, values.Length, type);
        }

        return narrowed;
    }
}
