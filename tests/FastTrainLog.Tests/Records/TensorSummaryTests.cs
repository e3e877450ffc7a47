using System.Globalization;
using System.Numerics;
using System.Text;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Records;

public sealed partial class TensorSummaryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(33)]
    [InlineData(1000)]
    public void A_summary_is_what_a_plain_loop_computes(int count)
    {
        var random = new Random(count);
        double[] values = [.. Enumerable.Range(0, count).Select(i => i % 7 == 3 ? double.NaN : (random.NextDouble() - 0.5) * 1000)];
        Check<double>(values);
        Check<float>([.. values.Select(static v => (float)v)]);
        Check<Half>([.. values.Select(static v => (Half)v)]);
        Check<sbyte>([.. values.Select(static v => sbyte.CreateSaturating(v))]);
        Check<ulong>([.. values.Select(static v => ulong.CreateSaturating(v))]);
        Check<decimal>([.. values.Select(static v => double.IsNaN(v) ? 0 : (decimal)v)]);
    }

    [Fact]
    public void Infinities_count_and_NaNs_do_not()
    {
        TensorSummary summary = TensorSummary.Of<float>([float.NaN, float.PositiveInfinity, 1, float.NaN]);
        Assert.Equal((4L, 2L, 1.0, double.PositiveInfinity, double.PositiveInfinity), (summary.Count, summary.NaNCount, summary.Minimum, summary.Maximum, summary.Mean));
        Assert.False(TensorSummary.Of<double>([double.NaN]).HasNumbers);
        Assert.Equal("1 values, 1 NaN", TensorSummary.Of<double>([double.NaN]).ToString());
    }

    [Fact]
    public void Large_floats_do_not_overflow_the_mean()
    {
        Assert.Equal(float.MaxValue, TensorSummary.Of<float>(Enumerable.Repeat(float.MaxValue, 100).ToArray()).Mean, float.MaxValue * 1e-12);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("F3")]
    [InlineData("E2")]
    public void Its_text_is_the_same_in_UTF_16_and_UTF_8(string? format)
    {
        TensorSummary summary = TensorSummary.Of([1.5, double.NaN, -2.25e10]);
        string text = summary.ToString(format, CultureInfo.InvariantCulture);
        byte[] utf8 = new byte[200];
        Assert.True(summary.TryFormat(utf8, out int written, format, CultureInfo.InvariantCulture));
        Assert.Equal(text, Encoding.UTF8.GetString(utf8, 0, written));
        for (int size = 0; size < written; size++)
        {
            Assert.False(summary.TryFormat(utf8.AsSpan(0, size), out _, format, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Numbers_that_fill_more_than_a_page_leave_room_for_the_text_behind_them()
    {
        var sink = new CollectingSink();
        double[] values = new double[5000];
        using (TrainLogging logging = TestLog.Create(sink))
        {
            Large(logging.GetLogger("test"), values, values, new string('x', 400_000), 7);
            Large(logging.GetLogger("test"), [1], [], "short", 8);
        }

        Assert.EndsWith("characters truncated] 7", sink.Items[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("[0, 0, 0, ", sink.Items[0].Message, StringComparison.Ordinal);
        Assert.Equal("[1] [] short 8", sink.Items[1].Message);
    }

    [Fact]
    public unsafe void A_record_that_ends_in_the_middle_of_its_numbers_is_found_out()
    {
        var site = new CallSite(LogLevel.Information, 1, "Numbers", "{A} {B}", new CallSiteArgument("A", ArgumentKind.Numbers), new CallSiteArgument("B", ArgumentKind.TensorSummary));
        byte[] record = new byte[RecordLayout.HeaderBytes + NumberList.HeaderBytes + (3 * sizeof(short)) + sizeof(TensorSummary)];
        record[RecordLayout.HeaderBytes] = (byte)ArgumentKind.Int16;
        BitConverter.TryWriteBytes(record.AsSpan(RecordLayout.HeaderBytes + NumberList.TotalAt), 3);
        BitConverter.TryWriteBytes(record.AsSpan(RecordLayout.HeaderBytes + NumberList.StoredAt), 3);
        fixed (byte* start = record)
        {
            Assert.True(RecordBounds.Hold(site, start, record.Length));
            for (int length = RecordLayout.HeaderBytes; length < record.Length; length++)
            {
                Assert.False(RecordBounds.Hold(site, start, length));
            }

            record[RecordLayout.HeaderBytes] = (byte)ArgumentKind.String;
            Assert.False(RecordBounds.Hold(site, start, record.Length));
            record[RecordLayout.HeaderBytes] = (byte)ArgumentKind.Int16;
            BitConverter.TryWriteBytes(record.AsSpan(RecordLayout.HeaderBytes + NumberList.StoredAt), -1);
            Assert.False(RecordBounds.Hold(site, start, record.Length));
        }
    }

    private static void Check<T>(T[] values)
        where T : unmanaged, INumber<T>
    {
        double[] numbers = [.. values.Where(static v => !T.IsNaN(v)).Select(static v => double.CreateTruncating(v))];
        TensorSummary summary = TensorSummary.Of<T>(values);
        Assert.Equal((values.Length, values.Length - numbers.Length), ((int)summary.Count, (int)summary.NaNCount));
        Assert.Equal(numbers.Length > 0 ? numbers.Min() : double.NaN, summary.Minimum);
        Assert.Equal(numbers.Length > 0 ? numbers.Max() : double.NaN, summary.Maximum);
        Assert.Equal(numbers.Length > 0 ? numbers.Average() : double.NaN, summary.Mean, 1e-9);
    }

    [TrainLog(1, LogLevel.Information, "{Some} {Others} {Text} {Last}")]
    private static partial void Large(ILogger logger, [LogValues(4096)] double[] some, [LogValues(4096)] double[] others, string text, int last);
}
