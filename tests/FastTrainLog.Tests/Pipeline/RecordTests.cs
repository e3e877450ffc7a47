using System.Text.Json;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class RecordTests
{
    [Fact]
    public void A_record_larger_than_the_largest_page_is_truncated_visibly_and_its_other_arguments_are_whole()
    {
        CollectingSink.Item item = LogText(new string('x', 1_000_000), after: 1.5);
        JsonElement properties = JsonDocument.Parse(item.Json).RootElement.GetProperty("properties");
        Assert.Equal(1.5, properties.GetProperty("After").GetDouble());
        string text = properties.GetProperty("Text").GetString()!;
        Assert.Matches(@"x… \[\d+ characters truncated\]$", text);
        Assert.InRange(text.Length, 200_000, 262_144);
        Assert.EndsWith("characters truncated] end", item.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncation_does_not_cut_a_surrogate_pair_in_two()
    {
        foreach (string prefix in new[] { "", "x" })
        {
            CollectingSink.Item item = LogText(prefix + string.Concat(Enumerable.Repeat("😀", 200_000)));
            Assert.DoesNotContain('\uFFFD', item.Message);
        }
    }

    [Fact]
    public void A_record_after_a_truncated_one_is_whole()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            TestLog.Text(logging.GetLogger("test"), new string('x', 1_000_000));
            TestLog.Text(logging.GetLogger("test"), new string('y', 20_000));
        }

        Assert.Equal($"text {new string('y', 20_000)} end", sink.Items[1].Message);
    }

    [Theory]
    [InlineData("quote \" backslash \\ tab \t newline \n return \r nul \0 bell \a escape \u001b del \u007f")]
    [InlineData("lone \uD800 surrogates \uDC00")]
    [InlineData("säule 頁 😀 \u2028 \u0085")]
    [InlineData("")]
    [InlineData(null)]
    public void Any_text_gives_a_valid_line_of_JSON_that_reads_back(string? text)
    {
        CollectingSink.Item item = LogText(text);
        Assert.Equal('\n', item.Json[^1]);
        Assert.Single(item.Json, '\n');
        JsonElement root = JsonDocument.Parse(item.Json).RootElement;
        string? expected = text?.Replace('\uD800', '\uFFFD').Replace('\uDC00', '\uFFFD');
        Assert.Equal(expected, root.GetProperty("properties").GetProperty("Text").GetString());
        Assert.Equal($"text {expected ?? "(null)"} end", root.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void A_number_that_JSON_lacks_is_a_string(double value, string expected)
    {
        CollectingSink.Item item = LogText("x", value);
        Assert.Equal(expected, JsonDocument.Parse(item.Json).RootElement.GetProperty("properties").GetProperty("After").GetString());
    }

    [Fact]
    public void A_record_fills_a_page_to_its_last_byte_and_the_next_one_follows_whole()
    {
        // Every length around a page's end, so that each way of meeting it is met.
        var sink = new CollectingSink();
        int[] lengths = [.. Enumerable.Range(32_650, 120)];
        using (TrainLogging logging = TestLog.Create(sink))
        {
            foreach (int length in lengths)
            {
                TestLog.Text(logging.GetLogger("test"), new string('z', length), length);
            }
        }

        for (int i = 0; i < lengths.Length; i++)
        {
            Assert.Contains($"\"After\":{lengths[i]}}}", sink.Items[i].Json, StringComparison.Ordinal);
        }
    }

    private static CollectingSink.Item LogText(string? text, double after = 0)
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            TestLog.Text(logging.GetLogger("test"), text, after);
        }

        return Assert.Single(sink.Items);
    }
}
