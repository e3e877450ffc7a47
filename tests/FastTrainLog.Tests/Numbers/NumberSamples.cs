namespace FastTrainLog.Numbers;

/// <summary>Numbers at which a conversion to decimal can go wrong, and random ones.</summary>
internal static class NumberSamples
{
    public static IEnumerable<double> EdgeDoubles()
    {
        int count = 0;
        foreach (double magnitude in EdgeMagnitudes())
        {
            yield return count++ % 5 == 0 ? -magnitude : magnitude;
        }

        yield return -0.0;
        yield return double.NegativeInfinity;
        yield return double.NaN;
        yield return -double.NaN;
        yield return BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001);
    }

    public static IEnumerable<float> EdgeFloats()
    {
        foreach (float value in EdgeDoubles().Select(value => (float)value).Distinct())
        {
            yield return value;
            yield return MathF.BitIncrement(value);
            yield return MathF.BitDecrement(value);
        }
    }

    /// <summary>Numbers as a training log has them: losses, rates, norms and times of every size, with few digits and with all.</summary>
    public static double Everyday(Random random)
    {
        double value = Math.Pow(10, (random.NextDouble() * 24) - 12);
        return random.Next(4) switch
        {
            0 => value,
            1 => (float)value,
            2 => Math.Round(value, random.Next(10)),
            _ => Math.ScaleB(random.Next(1 << 20), -random.Next(24)),
        };
    }

    public static double AnyDouble(Random random) => BitConverter.UInt64BitsToDouble((ulong)random.NextInt64(long.MinValue, long.MaxValue));

    public static float AnyFloat(Random random) => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32));

    private static IEnumerable<double> EdgeMagnitudes()
    {
        double[] centers =
        [
            0, double.Epsilon, double.MaxValue, double.PositiveInfinity, 2.2250738585072014E-308, 1.1754943508222875E-38, float.Epsilon,
            float.MaxValue, 9007199254740992, 16777216, 9223372036854775808.0, 18446744073709551616.0, 2e23, 9.995, 4.35, 0.000035,
            1.7976931348623157E+308, 5.7608844832E-310, 9.5367431640625E-07, 8.41E+21, 2.109375E-5,
        ];
        IEnumerable<double> all = centers
            .Concat(Enumerable.Range(-1074, 2098).Select(exponent => Math.ScaleB(1.0, exponent)))
            .Concat(Enumerable.Range(-323, 632).Select(exponent => double.Parse($"1E{exponent}")));
        foreach (double center in all)
        {
            yield return center;
            yield return Math.BitDecrement(center);
            yield return Math.BitIncrement(center);
        }

        // Exact halves at every count of decimals and of digits, and their neighbours.
        for (int places = 1; places <= 20; places++)
        {
            for (int odd = 1; odd < 100; odd += 2)
            {
                double half = Math.ScaleB(odd, -places);
                yield return half;
                yield return Math.BitIncrement(half);
                yield return Math.BitDecrement(half);
            }
        }

        for (long power = 10; power <= 1_000_000_000_000_000; power *= 10)
        {
            for (int odd = 1; odd < 50; odd += 2)
            {
                yield return power / 2 * odd;
                yield return Math.BitDecrement((double)(power / 2 * odd));
            }
        }

        // All nines, which a carry runs through.
        for (int digits = 1; digits <= 17; digits++)
        {
            for (int exponent = -20; exponent <= 20; exponent++)
            {
                yield return double.Parse($"{new string('9', digits)}E{exponent}");
                yield return double.Parse($"{new string('9', digits)}5E{exponent}");
            }
        }

        for (int hundredth = 0; hundredth < 1000; hundredth++)
        {
            yield return hundredth / 100.0;
            yield return (hundredth + 0.5) / 1000.0;
        }
    }
}
