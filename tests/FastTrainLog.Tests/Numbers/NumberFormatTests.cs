using System.Globalization;
using System.Text;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Numbers;

public sealed class NumberFormatTests
{
    // The command `numbers-proof` of the benchmarks compares many more.
    private static readonly int Samples = Campaign.Of(50_000, 200_000, 1_000_000);

    private static readonly string?[] FixedFormats = [.. Enumerable.Range(0, 11).Select(digits => $"F{digits}"), "f3"];
    private static readonly string?[] ScientificFormats = [.. Enumerable.Range(0, 18).Select(digits => $"E{digits}"), "e3", "E02"];
    private static readonly string?[] PatternFormats =
        ["0e+00", .. Enumerable.Range(1, 18).Select(digits => $"0.{new string('0', digits)}e+00"), "0.00E+00"];

    private static readonly string?[] OtherFormats = [null, "", "R", "G", "r", "g", "F", "E", "e", "N2", "P1", "G5", "0.00", "0.00e+000", "0.00e-00", "0.#e+00", "F12", "F99", "E20"];

    public static TheoryData<string> Families => ["shortest", "fixed", "scientific", "pattern"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Edge_numbers_read_as_the_framework_writes_them(string family)
    {
        foreach (string? format in FormatsOf(family))
        {
            NumberFormat parsed = NumberFormat.Parse(format);
            foreach (double value in NumberSamples.EdgeDoubles())
            {
                AssertAsFramework(parsed, format, value);
            }

            foreach (float value in NumberSamples.EdgeFloats())
            {
                AssertAsFramework(parsed, format, value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Random_bit_patterns_read_as_the_framework_writes_them(string family)
    {
        string?[] formats = FormatsOf(family);
        NumberFormat[] parsed = [.. formats.Select(NumberFormat.Parse)];
        var random = new Random(20261121);
        for (int i = 0; i < Samples; i++)
        {
            int which = i % formats.Length;
            AssertAsFramework(parsed[which], formats[which], NumberSamples.AnyDouble(random));
            AssertAsFramework(parsed[which], formats[which], NumberSamples.AnyFloat(random));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Everyday_numbers_read_as_the_framework_writes_them(string family)
    {
        string?[] formats = FormatsOf(family);
        NumberFormat[] parsed = [.. formats.Select(NumberFormat.Parse)];
        var random = new Random(20261122);
        for (int i = 0; i < Samples; i++)
        {
            int which = i % formats.Length;
            double value = NumberSamples.Everyday(random);
            AssertAsFramework(parsed[which], formats[which], value);
            AssertAsFramework(parsed[which], formats[which], (float)-value);
        }
    }

    [Fact]
    public void Formats_of_no_family_read_as_the_framework_writes_them()
    {
        var random = new Random(20261123);
        foreach (string? format in OtherFormats)
        {
            NumberFormat parsed = NumberFormat.Parse(format);
            for (int i = 0; i < 2000; i++)
            {
                AssertAsFramework(parsed, format, NumberSamples.AnyDouble(random));
                AssertAsFramework(parsed, format, (float)NumberSamples.Everyday(random));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_half_reads_as_the_framework_writes_it(string family)
    {
        foreach (string? format in FormatsOf(family))
        {
            NumberFormat parsed = NumberFormat.Parse(format);
            for (int bits = 0; bits < 1 << 16; bits++)
            {
                Half value = BitConverter.UInt16BitsToHalf((ushort)bits);
                AssertAsFramework(value, parsed, format, parsed.TryWrite(Buffer, value, out int written), written);
            }
        }
    }

    [Theory]
    [InlineData(null, NumberFormatKind.Shortest)]
    [InlineData("R", NumberFormatKind.Shortest)]
    [InlineData("F0", NumberFormatKind.Fixed)]
    [InlineData("F9", NumberFormatKind.Fixed)]
    [InlineData("F10", NumberFormatKind.Other)]
    [InlineData("F", NumberFormatKind.Other)]
    [InlineData("E0", NumberFormatKind.Scientific)]
    [InlineData("e16", NumberFormatKind.Scientific)]
    [InlineData("E17", NumberFormatKind.Other)]
    [InlineData("0.00e+00", NumberFormatKind.ScientificPattern)]
    [InlineData("0e+00", NumberFormatKind.ScientificPattern)]
    [InlineData("0.e+00", NumberFormatKind.Other)]
    [InlineData("0.0#e+00", NumberFormatKind.Other)]
    [InlineData("0.00e+0", NumberFormatKind.Other)]
    [InlineData("00.0e+00", NumberFormatKind.Other)]
    [InlineData("e+00", NumberFormatKind.Other)]
    [InlineData("N2", NumberFormatKind.Other)]
    public void Formats_belong_to_the_family_that_writes_them_fast(string? format, object kind)
        => Assert.Equal(kind, NumberFormat.Parse(format).Kind);

    [Theory]
    [InlineData(null)]
    [InlineData("F4")]
    [InlineData("E2")]
    [InlineData("0.00e+00")]
    public void A_destination_of_any_length_takes_what_fits_it_and_refuses_what_does_not(string? format)
    {
        NumberFormat parsed = NumberFormat.Parse(format);
        foreach (double value in new[] { 0, -0.0, 1.5, -123456.789, 1e300, double.NaN, -1.7976931348623157E-308, double.NegativeInfinity })
        {
            byte[] expected = Encoding.UTF8.GetBytes(value.ToString(format, CultureInfo.InvariantCulture));
            for (int length = 0; length < 400; length++)
            {
                byte[] destination = new byte[length];
                bool fits = parsed.TryWrite(destination, value, out int written);
                Assert.Equal(length >= expected.Length, fits);
                Assert.Equal(fits ? expected : [], destination[..written]);
            }
        }
    }

    [Fact]
    public void Nothing_is_written_past_the_length_that_is_required()
    {
        byte[] destination = new byte[NumberWriter.RequiredLength + 16];
        foreach (string? format in FixedFormats.Concat(ScientificFormats).Concat(PatternFormats).Append(null))
        {
            NumberFormat parsed = NumberFormat.Parse(format);
            foreach (double value in NumberSamples.EdgeDoubles())
            {
                destination.AsSpan().Fill(0xAA);
                parsed.TryWrite(destination.AsSpan(0, NumberWriter.RequiredLength), value, out _);
                parsed.TryWrite(destination.AsSpan(0, NumberWriter.RequiredLength), (float)value, out _);
                Assert.False(destination.AsSpan(NumberWriter.RequiredLength).ContainsAnyExcept((byte)0xAA), $"{value:R} as {format}");
            }
        }
    }

    [Theory]
    [InlineData("Q")]
    [InlineData("D2")]
    public void A_format_that_the_framework_refuses_is_refused_alike(string format)
    {
        NumberFormat parsed = NumberFormat.Parse(format);
        Assert.Throws<FormatException>(() => 1.5.ToString(format, CultureInfo.InvariantCulture));
        Assert.Throws<FormatException>(() => parsed.TryWrite(new byte[64], 1.5, out _));
    }

    [Fact]
    public void Writing_allocates_nothing_fast_or_through_the_framework()
    {
        NumberFormat[] formats = [.. new[] { null, "F4", "E2", "0.00e+00", "N2" }.Select(NumberFormat.Parse)];
        byte[] destination = new byte[512];
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (NumberFormat format in formats)
            {
                for (int i = 0; i < 1000; i++)
                {
                    format.TryWrite(destination, i * 0.37, out _);
                    format.TryWrite(destination, i * 1e20f, out _);
                    format.TryWrite(destination, (Half)i, out _);
                }
            }

            // Methods that are called the first time, or compiled anew, may.
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [ThreadStatic]
    private static byte[]? ours;

    [ThreadStatic]
    private static byte[]? theirs;

    private static byte[] Buffer => ours ??= new byte[512];

    private static byte[] Expected => theirs ??= new byte[512];

    private static string?[] FormatsOf(string family) => family switch
    {
        "shortest" => [null],
        "fixed" => FixedFormats,
        "scientific" => ScientificFormats,
        _ => PatternFormats,
    };

    private static void AssertAsFramework(NumberFormat parsed, string? format, double value)
        => AssertAsFramework(value, parsed, format, parsed.TryWrite(Buffer, value, out int written), written);

    private static void AssertAsFramework(NumberFormat parsed, string? format, float value)
        => AssertAsFramework(value, parsed, format, parsed.TryWrite(Buffer, value, out int written), written);

    private static void AssertAsFramework<T>(T value, NumberFormat parsed, string? format, bool fits, int written)
        where T : IUtf8SpanFormattable
    {
        Assert.True(value.TryFormat(Expected, out int length, format, CultureInfo.InvariantCulture));
        if (!fits || !Buffer.AsSpan(0, written).SequenceEqual(Expected.AsSpan(0, length)))
        {
            string text = Encoding.UTF8.GetString(Buffer, 0, written);
            Assert.Fail($"{value} as {format} ({parsed.Kind}): {text} instead of {Encoding.UTF8.GetString(Expected, 0, length)}");
        }
    }
}
