using System.Text.Json;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Records that are larger than a page of 64 KiB.</summary>
public sealed class LargeRecordTests
{
    [Theory]
    [InlineData(600)]
    [InlineData(5000)]
    public void A_step_keeps_all_its_metrics_however_long_their_names(int count)
    {
        JsonElement[] records = RunRecords(run => run.LogStep(1, 1, 1.0, 1e-3, metrics: Metrics(count)));
        JsonElement metrics = Properties(records, "Step").GetProperty("Metrics");
        Assert.Equal(Enumerable.Range(0, count).Select(i => (double)i), metrics.EnumerateObject().Select(metric => metric.Value.GetDouble()));
        // Cut names too stay apart.
        Assert.Equal(count, metrics.EnumerateObject().Select(metric => metric.Name).Distinct().Count());
        if (count == 600)
        {
            Assert.Equal("a_rather_long_metric_name_as_they_are_in_the_wild_0599", metrics.EnumerateObject().Last().Name);
        }
    }

    [Fact]
    public void Metrics_beyond_the_largest_record_are_counted_where_they_would_stand()
    {
        JsonElement[] records = RunRecords(run => run.LogStep(1, 1, 1.0, 1e-3, metrics: Metrics(60_000)));
        JsonProperty[] metrics = [.. Properties(records, "Step").GetProperty("Metrics").EnumerateObject()];
        Assert.Equal("… left out", metrics[^1].Name);
        Assert.Equal(60_000, metrics.Length - 1 + metrics[^1].Value.GetInt32());
        Assert.InRange(metrics.Length, 4000, 60_000);
        Assert.Equal(1.0, Properties(records, "Step").GetProperty("Loss").GetDouble());
    }

    [Fact]
    public void An_error_with_a_long_message_keeps_its_context()
    {
        string message = new('m', 11_000);
        JsonElement[] records = RunRecords(run => run.LogError(
            new InvalidOperationException(message), "forward", [new("batch", 17), new("loss", 0.25), new("note", new string('n', 30_000)), new("price", 1.50m)]));
        JsonElement context = Properties(records, "ErrorWithContext").GetProperty("Context");
        Assert.Equal(17, context.GetProperty("batch").GetInt32());
        Assert.Equal(0.25, context.GetProperty("loss").GetDouble());
        Assert.Equal("1.50", context.GetProperty("price").GetRawText());
        Assert.Equal(30_000, context.GetProperty("note").GetString()!.Length);
    }

    [Fact]
    public void A_plain_call_keeps_as_much_as_an_attributed_method()
    {
        string dump = new('d', 17_000);
        JsonElement properties = Plain(logger => logger.LogInformation("step {Step} {Dump}", 17, dump), out string message);
        Assert.Equal(17, properties.GetProperty("Step").GetInt32());
        Assert.Equal(dump, properties.GetProperty("Dump").GetString());
        Assert.Equal($"step 17 {dump}", message);
    }

    [Fact]
    public void Texts_beyond_the_largest_record_are_cut_and_say_by_how_much_beside_numbers_that_stay()
    {
        string dump = new('d', 1_000_000);
        JsonElement properties = Plain(logger => logger.LogInformation("step {Step} {Dump} {Loss}", 17, dump, 0.5f), out string message);
        Assert.Equal(17, properties.GetProperty("Step").GetInt32());
        Assert.Equal(0.5, properties.GetProperty("Loss").GetDouble());
        foreach (string text in new[] { properties.GetProperty("Dump").GetString()!, message })
        {
            System.Text.RegularExpressions.Match cut = System.Text.RegularExpressions.Regex.Match(text, @"… \[(\d+) characters truncated\]$");
            Assert.True(cut.Success, text[^100..]);
            int whole = text == message ? $"step 17 {dump} 0.5".Length : dump.Length;
            Assert.Equal(whole, cut.Index + int.Parse(cut.Groups[1].ValueSpan, null));
            Assert.InRange(cut.Index, 30_000, dump.Length);
        }
    }

    [Fact]
    public void Large_records_and_small_ones_of_many_threads_are_whole_and_in_order_in_a_small_buffer()
    {
        const int Threads = 4;
        const int Records = 200;
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => (o.BufferBytes, o.BlockTimeout) = (32 * 65536, TimeSpan.FromMinutes(5))))
        {
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
            {
                TrainLogger logger = logging.GetLogger($"thread{t}");
                for (int i = 0; i < Records; i++)
                {
                    TestLog.Text(logger, i % 8 == t ? new string((char)('a' + t), 40_000 + (i * 1000)) : $"{i}", i);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
        }

        for (int t = 0; t < Threads; t++)
        {
            JsonElement[] own = [.. sink.Items.Where(item => item.Category == $"thread{t}").Select(item => JsonDocument.Parse(item.Json).RootElement.GetProperty("properties"))];
            Assert.Equal(Enumerable.Range(0, Records).Select(i => (double)i), own.Select(properties => properties.GetProperty("After").GetDouble()));
            for (int i = 0; i < Records; i++)
            {
                // Where no pages in a row are free, the text is cut; its beginning is there in any case.
                string text = own[i].GetProperty("Text").GetString()!;
                Assert.True(i % 8 == t ? text.StartsWith(new string((char)('a' + t), 20_000), StringComparison.Ordinal) : text == $"{i}");
            }
        }
    }

    private static Metric[] Metrics(int count) => [.. Enumerable.Range(0, count).Select(i => new Metric($"a_rather_long_metric_name_as_they_are_in_the_wild_{i:0000}", i))];

    private static JsonElement Properties(JsonElement[] records, string @event) =>
        records.First(record => record.TryGetProperty("event", out JsonElement name) && name.GetString() == @event).GetProperty("properties");

    private static JsonElement[] RunRecords(Action<TrainingRun> log)
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        using (var run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = 1, BatchSize = 1 }))
        {
            log(run);
        }

        return [.. sink.Items.Select(item => JsonDocument.Parse(item.Json).RootElement)];
    }

    private static JsonElement Plain(Action<ILogger> log, out string message)
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink))
        {
            log(logging.GetLogger("test"));
        }

        JsonElement root = JsonDocument.Parse(Assert.Single(sink.Items).Json).RootElement;
        message = root.GetProperty("message").GetString()!;
        return root.GetProperty("properties");
    }
}
