using System.Text;
using FastTrainLog.Recovery;
using Xunit;

namespace FastTrainLog.Tests.Recovery;

public sealed class WrittenRecordsTests
{
    private const string Noon = "[2026-05-04 12:00:00] ";

    [Fact]
    public void Records_are_found_in_any_order_and_between_the_lines_of_others()
    {
        int[] found = Find(
            isJson: false,
            [Noon + "a\n", Noon + "b\n", Noon + "c\n"],
            [Noon + "c", "not ours", Noon + "of another log", Noon + "a"]);
        Assert.Equal([0, 2], found);
    }

    [Fact]
    public void Of_equal_records_as_many_are_found_as_there_are_lines()
    {
        Assert.Equal([0, 1], Find(isJson: false, [Noon + "a\n", Noon + "a\n", Noon + "a\n"], [Noon + "a", Noon + "a"]));
        Assert.Equal([0], Find(isJson: false, [Noon + "a\n"], [Noon + "a", Noon + "a"]));
    }

    [Theory]
    // The clock was calibrated again.
    [InlineData("[2026-05-04 11:59:59] a", true)]
    [InlineData("[2026-05-04 12:00:01] a", true)]
    // Another time zone.
    [InlineData("[2026-05-04 17:45:00] a", true)]
    [InlineData("[2026-05-03 22:15:01] a", true)]
    // Another time.
    [InlineData("[2026-05-04 12:00:03] a", false)]
    [InlineData("[2026-05-04 12:07:30] a", false)]
    // Something else.
    [InlineData("[2026-05-04 12:00:00] ab", false)]
    [InlineData("[2026-05-04 12:00:00] ", false)]
    [InlineData("a", false)]
    public void A_line_of_text_is_a_records_by_its_text_and_nearly_its_time(string line, bool isFound) =>
        Assert.Equal(isFound ? [0] : [], Find(isJson: false, [Noon + "a\n"], [line]));

    [Theory]
    [InlineData("2026-05-04T12:00:00.0000042Z", true)]
    [InlineData("2026-05-04T12:00:00.9999999Z", true)]
    [InlineData("2026-05-04T12:15:00.0000000Z", false)]
    public void A_line_of_JSON_is_a_records_by_its_text_and_nearly_its_time(string time, bool isFound) =>
        Assert.Equal(isFound ? [0] : [], Find(isJson: true, ["{\"timestamp\":\"2026-05-04T12:00:00.0000000Z\",\"level\":\"INFO\"}\n"], [$"{{\"timestamp\":\"{time}\",\"level\":\"INFO\"}}"]));

    [Fact]
    public void A_record_of_several_lines_is_found_if_all_of_them_are_there()
    {
        string record = Noon + "failed\n    System.Exception: a\n       at B\n";
        Assert.Equal([0], Find(isJson: false, [record], [Noon + "failed", "    System.Exception: a", "       at B"]));
        Assert.Empty(Find(isJson: false, [record], [Noon + "failed", "    System.Exception: a"]));
        Assert.Equal([1], Find(isJson: false, [record, Noon + "next\n"], [Noon + "failed", Noon + "next"]));
    }

    [Fact]
    public void Equal_records_at_two_times_are_told_apart() =>
        Assert.Equal([1], Find(isJson: false, [Noon + "a\n", "[2026-05-04 12:00:10] a\n"], ["[2026-05-04 12:00:10] a"]));

    private static int[] Find(bool isJson, string[] records, string[] lines)
    {
        var written = new WrittenRecords(isJson);
        for (int i = 0; i < records.Length; i++)
        {
            written.Add(i, Encoding.UTF8.GetBytes(records[i]));
        }

        Array.ForEach(lines, line => written.Find(Encoding.UTF8.GetBytes(line)));
        return [.. Enumerable.Range(0, records.Length).Where(written.Contains)];
    }
}
