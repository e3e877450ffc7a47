using FastTrainLog.Records;
using FastTrainLog.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Formatting;

public sealed partial class ByteCountTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(-1536, "-1.5 KiB")]
    [InlineData(76_840, "75.04 KiB")]
    [InlineData(1_048_575, "1 MiB")]
    [InlineData(25_276_026_880, "23.54 GiB")]
    [InlineData(long.MaxValue, "8192 PiB")]
    public void A_number_of_bytes_has_four_digits_and_a_unit(long bytes, string text)
    {
        Assert.Equal(text, new ByteCount(bytes).ToString());
        byte[] utf8 = new byte[32];
        Assert.True(new ByteCount(bytes).TryFormat(utf8, out int written, default, null));
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(utf8, 0, written));
        Assert.False(new ByteCount(bytes).TryFormat(utf8.AsSpan(0, text.Length - 1), out _, default, null));
        Span<char> chars = stackalloc char[32];
        Assert.True(new ByteCount(bytes).TryFormat(chars, out written, default, null));
        Assert.Equal(text, chars[..written]);
        Assert.False(new ByteCount(bytes).TryFormat(chars[..(text.Length - 1)], out _, default, null));
    }

    [Fact]
    public void A_hole_for_bytes_has_a_unit_in_the_message_and_the_exact_number_in_the_properties()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            Copied(logging.GetLogger("test"), 25_276_026_880, 1536, null);
        }

        string line = sink.Items.Single(item => item.Category == "test").Json;
        Assert.Contains("\"message\":\"23.54 GiB of   1.5 KiB|(null)\"", line, StringComparison.Ordinal);
        Assert.Contains("\"First\":25276026880,\"Second\":1536,\"Third\":null", line, StringComparison.Ordinal);
    }

    [TrainLog(77, LogLevel.Information, "{First:bytes} of {Second,9:bytes}|{Third:bytes}")]
    private static partial void Copied(TrainLogger logger, long first, int second, long? third);
}
