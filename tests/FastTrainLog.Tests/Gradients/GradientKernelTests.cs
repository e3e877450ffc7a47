using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

/// <summary>Each vector width against the plain reference, forced one after the other whatever the machine prefers.</summary>
public sealed class GradientKernelTests
{
    private static readonly int[] Lengths =
        [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 1000, 1023, 1024, 1025, 4097, 65_535, 65_536, 65_537, 131_073];

    public static TheoryData<string, GradientType> LevelsAndTypes
    {
        get
        {
            var data = new TheoryData<string, GradientType>();
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
            {
                foreach (GradientType type in Enum.GetValues<GradientType>())
                {
                    data.Add(level.ToString(), type);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndTypes))]
    public void Statistics_equal_the_plain_reference_for_every_length_and_alignment(string level, GradientType type)
    {
        var random = new Random(11);
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Report }, Enum.Parse<SimdLevel>(level));
        for (int i = 0; i < Lengths.Length; i++)
        {
            double[] values = Values(random, Lengths[i]);
            using GradientFixture gradients = new GradientFixture().Add("a", values, type, misalignment: i % 8);

            AssertStatistics(gradients, clipper);
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndTypes))]
    public void Non_finite_elements_are_counted_wherever_they_stand(string level, GradientType type)
    {
        var random = new Random(12);
        double[] bad = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -double.NaN];
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Report }, Enum.Parse<SimdLevel>(level));
        foreach (int length in new[] { 1, 5, 31, 33, 100, 1025, 65_537 })
        {
            for (int round = 0; round < 12; round++)
            {
                double[] values = Values(random, length);
                int count = random.Next(1, 1 + Math.Min(length, 20));
                for (int i = 0; i < count; i++)
                {
                    // The first and the last element come up in every second round: a mask that is one too short loses them.
                    int place = i switch { 0 when round % 2 == 0 => length - 1, 1 when round % 2 == 0 => 0, _ => random.Next(length) };
                    values[place] = bad[random.Next(bad.Length)];
                }

                using GradientFixture gradients = new GradientFixture().Add("a", values, type, misalignment: round % 4);
                AssertStatistics(gradients, clipper);
            }
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndTypes))]
    public void Gradients_that_are_all_bad_or_all_zero_are_counted(string level, GradientType type)
    {
        using var clipper = new GradientClipper(new() { NonFinite = NonFinitePolicy.Report }, Enum.Parse<SimdLevel>(level));
        foreach (double value in new[] { double.NaN, double.PositiveInfinity, 0.0, -0.0 })
        {
            using GradientFixture gradients = new GradientFixture().Add("a", Enumerable.Repeat(value, 70_003).ToArray(), type);

            AssertStatistics(gradients, clipper);
        }
    }

    [Theory]
    [InlineData("Scalar")]
    [InlineData("Vector128")]
    [InlineData("Vector256")]
    [InlineData("Vector512")]
    public void Float32_of_extreme_magnitude_keep_an_error_below_one_in_a_billion(string level)
    {
        var random = new Random(13);
        using var clipper = new GradientClipper(null, Enum.Parse<SimdLevel>(level));
        foreach (double magnitude in new[] { 1e-45, 1e-40, 1e-38, 1e-30, 1e-10, 1.0, 1e10, 1.8e19, 1.9e19, 1e20, 3.4e38 })
        {
            foreach (int length in new[] { 1, 10, 4096, 100_003 })
            {
                double[] values = [.. Enumerable.Range(0, length).Select(_ => magnitude * (1.0 - (0.9 * random.NextDouble())))];
                using GradientFixture gradients = new GradientFixture().Add("a", values);

                double error = AssertStatistics(gradients, clipper);

                Assert.InRange(error, 0.0, 1e-13);
            }
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndTypes))]
    public void Huge_and_tiny_elements_side_by_side_lose_nothing(string level, GradientType type)
    {
        double huge = type switch { GradientType.Float64 => 1e300, GradientType.Float16 => 6e4, _ => 3e38 };
        double tiny = type switch { GradientType.Float64 => 1e-300, GradientType.Float16 => 6e-8, _ => 1e-38 };
        using var clipper = new GradientClipper(null, Enum.Parse<SimdLevel>(level));
        foreach (double[] values in new double[][] { [huge, tiny, 1.0], [tiny, tiny, tiny], [huge, huge], [1.0, tiny, 0.0] })
        {
            using GradientFixture gradients = new GradientFixture().Add("a", values, type).Add("b", [tiny], type).Add("c", [], type);

            AssertStatistics(gradients, clipper);
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndTypes))]
    public void Results_are_the_same_bits_whatever_the_thread_count(string level, GradientType type)
    {
        var random = new Random(14);
        using GradientFixture gradients = new();
        for (int i = 0; i < 8; i++)
        {
            gradients.Add($"layer{i}", Values(random, random.Next(150_000, 250_000)), type);
        }

        var seen = new HashSet<(long, long, long)>();
        foreach (int threads in new[] { 1, 2, 3, 8 })
        {
            using var clipper = new GradientClipper(new() { Threads = threads }, Enum.Parse<SimdLevel>(level));
            for (int repeat = 0; repeat < 3; repeat++)
            {
                GradientStatistics statistics = clipper.Measure(gradients.Buffers, 1);
                seen.Add((BitConverter.DoubleToInt64Bits(statistics.Norm), BitConverter.DoubleToInt64Bits(statistics.AbsoluteMaximum), statistics.ZeroCount));
            }
        }

        Assert.Single(seen);
    }

    [Theory]
    [InlineData(GradientType.Float32)]
    [InlineData(GradientType.Float64)]
    [InlineData(GradientType.Float16)]
    [InlineData(GradientType.BFloat16)]
    public void Every_rewrite_equals_the_plain_reference_for_every_length_and_alignment(GradientType type)
    {
        var random = new Random(15);
        Rewrite[] rewrites =
        [
            new(0.37, double.PositiveInfinity, false, false),
            new(0.37, double.PositiveInfinity, true, false),
            new(1.0, 0.25, false, false),
            new(0.5, 0.25, true, false),
            new(1e-42, double.PositiveInfinity, false, false),
            new(1.0, double.PositiveInfinity, false, true),
        ];
        for (int i = 0; i < Lengths.Length * rewrites.Length; i++)
        {
            Rewrite rewrite = rewrites[i % rewrites.Length];
            double[] values = Values(random, Lengths[i / rewrites.Length]);
            for (int bad = 0; bad < values.Length; bad += 97)
            {
                values[bad] = (bad % 3) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => double.NegativeInfinity };
            }

            using GradientFixture gradients = new GradientFixture().Add("a", values, type, misalignment: i % 8);
            double[] before = gradients.Values(0);

            unsafe
            {
                CpuKernel.Write((void*)gradients.Buffers[0].Pointer, values.Length, type, rewrite);
            }

            AssertRewritten(before, gradients.Values(0), type, rewrite);
            gradients.AssertGuardsIntact();
        }
    }

    private static void AssertRewritten(double[] before, double[] after, GradientType type, Rewrite rewrite)
    {
        // One rounding of the factor and one of the product in float32, then one to the element type.
        (double relative, double smallest) = type switch
        {
            GradientType.Float64 => (1e-15, double.Epsilon),
            GradientType.Float32 => (1.3e-7, float.Epsilon),
            GradientType.Float16 => (5.0e-4, 6e-8),
            _ => (4.0e-3, 1e-40),
        };
        for (int i = 0; i < before.Length; i++)
        {
            double expected = rewrite.Zero ? 0.0 : rewrite.Apply(before[i], type);
            bool right = double.IsFinite(expected)
                ? Math.Abs(after[i] - expected) <= Math.Max(Math.Abs(expected) * relative, smallest)
                : expected.Equals(after[i]);
            if (!right)
            {
                Assert.Fail($"element {i}: {before[i]:R} became {after[i]:R} by {rewrite}, expected {expected:R}");
            }
        }
    }

    private static double[] Values(Random random, int length)
    {
        var values = new double[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = random.Next(10) == 0 ? (random.Next(2) == 0 ? 0.0 : -0.0) : random.NextDouble() - 0.5;
        }

        return values;
    }

    private static double AssertStatistics(GradientFixture gradients, GradientClipper clipper)
    {
        double[][] layers = [.. Enumerable.Range(0, gradients.Buffers.Length).Select(gradients.Values)];
        var expected = new PlainReference(layers);

        GradientStatistics actual = clipper.Clip(gradients.Buffers, 1);

        Assert.Equal((expected.NaNs, expected.Infinities, expected.Zeros), (actual.NaNCount, actual.InfinityCount, actual.ZeroCount));
        Assert.Equal(expected.AbsoluteMaximum, actual.AbsoluteMaximum);
        double error = expected.Norm == actual.Norm ? 0.0 : Math.Abs(expected.Norm - actual.Norm) / expected.Norm;
        Assert.InRange(error, 0.0, 1e-13);
        gradients.AssertGuardsIntact();
        return error;
    }
}
