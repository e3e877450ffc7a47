using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Numbers;

namespace FastTrainLog.Benchmarks.Numbers;

/// <summary>Times the writing of numbers as UTF-8 against the framework's <c>TryFormat</c>: <c>-- numbers</c>.</summary>
internal static class NumbersBenchmark
{
    private const int ValueCount = 1 << 13;
    private const int Rounds = 101;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(0.5);

    // The compiler waits 100 ms for quiet before it recompiles hot methods, and on a busy machine more.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(400);
    private static readonly byte[] Destination = new byte[512];

    /// <summary>Runs every case, ours and the framework's by turns, and prints the median and range of each in nanoseconds a value.</summary>
    public static void Run()
    {
        Console.WriteLine($"ns per value, median of {Rounds} alternating rounds [range]; {ValueCount} values, .NET {Environment.Version}, {Environment.ProcessorCount} cores");
        Console.WriteLine($"{"type",-7} {"values",-9} {"format",-9} {"ours",-22} {"framework",-24} ratio");
        double[] training = [.. NumberSource.Training(1).Take(ValueCount)];
        double[] bits = [.. NumberSource.RandomDoubles(1).Where(double.IsFinite).Take(ValueCount)];
        float[] trainingFloats = [.. training.Select(value => (float)value)];
        float[] floatBits = [.. NumberSource.RandomFloats(1).Where(float.IsFinite).Take(ValueCount)];
        double[] short4 = [.. training.Select(value => Math.Round(value, 4))];
        foreach (string format in new[] { "", "F4", "E2", "0.00e+00" })
        {
            Compare("double", "training", format, training, new DoubleWriter());
            Compare("float", "training", format, trainingFloats, new SingleWriter());
        }

        Compare("double", "4 places", "", short4, new DoubleWriter());
        Compare("double", "any bits", "", bits, new DoubleWriter());
        Compare("double", "any bits", "E15", bits, new DoubleWriter());
        Compare("float", "any bits", "", floatBits, new SingleWriter());
    }

    private static void Compare<T, TWriter>(string type, string values, string format, T[] items, TWriter writer)
        where T : struct, IUtf8SpanFormattable
        where TWriter : struct, IWriter<T>
    {
        NumberFormat parsed = NumberFormat.Parse(format);
        var ours = new List<double>();
        var theirs = new List<double>();
        Time(() => WriteAll(items, parsed, writer), items.Length, WarmUpTime);
        Time(() => FormatAll(items, format), items.Length, WarmUpTime);
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(Time(() => WriteAll(items, parsed, writer), items.Length, RoundTime));
            theirs.Add(Time(() => FormatAll(items, format), items.Length, RoundTime));
        }

        ours.Sort();
        theirs.Sort();
        double median = ours[Rounds / 2];
        double theirMedian = theirs[Rounds / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{type,-7} {values,-9} {(format.Length == 0 ? "shortest" : format),-9} {$"{median:F1} [{ours[0]:F1}-{ours[^1]:F1}]",-22} {$"{theirMedian:F1} [{theirs[0]:F1}-{theirs[^1]:F1}]",-24} {theirMedian / median:F1}"));
    }

    private static double Time(Action pass, int count, TimeSpan atLeast)
    {
        long start = Stopwatch.GetTimestamp();
        long passes = 0;
        do
        {
            pass();
            passes++;
        }
        while (Stopwatch.GetElapsedTime(start) < atLeast);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (passes * count);
    }

    private static void WriteAll<T, TWriter>(T[] values, NumberFormat format, TWriter writer)
        where TWriter : struct, IWriter<T>
    {
        foreach (T value in values)
        {
            writer.Write(format, Destination, value);
        }
    }

    private static void FormatAll<T>(T[] values, string format)
        where T : struct, IUtf8SpanFormattable
    {
        foreach (T value in values)
        {
            value.TryFormat(Destination, out _, format, CultureInfo.InvariantCulture);
        }
    }

    private interface IWriter<T>
    {
        void Write(in NumberFormat format, Span<byte> destination, T value);
    }

    private struct DoubleWriter : IWriter<double>
    {
        public readonly void Write(in NumberFormat format, Span<byte> destination, double value) => format.TryWrite(destination, value, out _);
    }

    private struct SingleWriter : IWriter<float>
    {
        public readonly void Write(in NumberFormat format, Span<byte> destination, float value) => format.TryWrite(destination, value, out _);
    }
}
