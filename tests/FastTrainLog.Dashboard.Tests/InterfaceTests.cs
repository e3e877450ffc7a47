using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>What the interface answers.</summary>
public sealed class InterfaceTests
{
    [Fact]
    public async Task The_list_of_runs_says_what_analyze_says()
    {
        using var root = new TestDirectory();
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net", Name = "listed", TotalSteps = 100, Group = "sweep", Tags = ["a", "b"], LearningRate = 0.5 }))
        {
            log.Steps(1, 100, step => step == 49 ? double.NaN : 1.0 / step);
            log.Run.LogValidation(1, 100, 0.25);
            log.Run.LogError(new InvalidOperationException("it broke"), "load");
            log.Run.End(success: true);
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        JsonElement row = (await server.Get("api/runs")).GetProperty("runs")[0];
        LogAnalysis analysis = LogAnalysis.Read(Directory.GetDirectories(root.Path)[0], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(
            ("listed", "completed", "sweep", 100, 100L, 0.25, analysis.Run.FinalLoss, analysis.Errors.Errors, 1L),
            (row.GetProperty("name").GetString(), row.GetProperty("state").GetString(), row.GetProperty("group").GetString(), row.GetProperty("last_step").GetInt32(), row.GetProperty("total_steps").GetInt64(), row.GetProperty("best").GetDouble(),
                row.GetProperty("loss").GetDouble(), row.GetProperty("errors").GetInt64(), row.GetProperty("non_finite").GetInt64()));
        // Of the two steps of this stretch the second is finite.
        Assert.InRange(row.GetProperty("losses").GetArrayLength(), 30, 60);
        int stretch = Assert.Single(row.GetProperty("losses_non_finite").EnumerateArray()).GetInt32();
        Assert.InRange(stretch, 20, 30);
        Assert.Equal("0.5", (await server.Get($"api/configurations?run={key}")).EnumerateObject().Single().Value.GetProperty("LearningRate").GetString());
        JsonElement detail = await server.Get($"api/run?run={key}");
        Assert.Equal("it broke", detail.GetProperty("errors").GetProperty("patterns").EnumerateArray().Single(pattern => pattern.GetProperty("operation").GetString() == "load").GetProperty("example").GetString());
        Assert.Equal(49, detail.GetProperty("first_non_finite").GetProperty("step").GetInt64());
    }

    [Fact]
    public async Task The_size_of_an_answer_depends_on_the_pixels_and_every_point_is_in_one_bucket()
    {
        using var root = new TestDirectory();
        TestLog.Write(root.Path, new TrainingRunOptions { Model = "Net" }, 30_000, step => step == 12_345 ? double.NegativeInfinity : Math.Sin(step));
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        foreach (int pixels in new[] { 10, 300, 1000 })
        {
            JsonElement series = (await server.Get($"api/series?run={key}&series=train/loss&pixels={pixels}")).GetProperty("series")[0];
            Assert.InRange(series.GetProperty("count").GetArrayLength(), pixels / 2, pixels);
            Assert.Equal(30_000, series.GetProperty("count").EnumerateArray().Sum(count => count.GetInt64()));
            Assert.Equal(4, series.GetProperty("non_finite").EnumerateArray().Sum(mask => mask.GetInt32()));
            Assert.True(series.GetProperty("minimum")[1].GetDouble() < -0.9 && series.GetProperty("maximum")[1].GetDouble() > 0.9);
        }

        JsonElement raw = (await server.Get($"api/series?run={key}&series=train/loss&from=12340&to=12350&pixels=1000")).GetProperty("series")[0];
        Assert.Equal(Enumerable.Range(12_340, 11), raw.GetProperty("last_step").EnumerateArray().Select(step => step.GetInt32()));
        Assert.Equal("-Infinity", raw.GetProperty("last_value")[5].GetString());
        Assert.Equal(Math.Sin(12_346), raw.GetProperty("last_value")[6].GetDouble());
    }

    [Fact]
    public async Task Pages_of_records_in_both_directions_have_each_record_once_across_rotated_files()
    {
        using var root = new TestDirectory();
        using (TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" }, maxFileSize: 32 * 1024))
        {
            log.Steps(1, 300, step => step);
            log.Run.End(success: true);
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        JsonElement page = await server.Get($"api/records?run={key}&limit=70&event=Step");
        string behind = page.GetProperty("start").GetString()!;
        List<long> older = [.. Steps(page)];
        while (!page.GetProperty("is_end").GetBoolean())
        {
            page = await server.Get($"api/records?run={key}&limit=70&event=Step&cursor={Uri.EscapeDataString(page.GetProperty("cursor").GetString()!)}");
            older.AddRange(Steps(page));
        }

        Assert.Equal(Enumerable.Range(1, 300).Reverse().Select(step => (long)step), older);

        string cursor = page.GetProperty("cursor").GetString()!;
        var newer = new List<long>();
        do
        {
            page = await server.Get($"api/records?run={key}&limit=70&event=Step&direction=newer&cursor={Uri.EscapeDataString(cursor)}");
            newer.AddRange(Steps(page));
            cursor = page.GetProperty("cursor").GetString()!;
        }
        while (!page.GetProperty("is_end").GetBoolean());

        Assert.Equal(Enumerable.Range(1, 300).Select(step => (long)step), newer);
        Assert.Empty(Steps(await server.Get($"api/records?run={key}&direction=newer&cursor={Uri.EscapeDataString(behind)}")));
        Assert.Equal(200, Steps(await server.Get($"api/records?run={key}&event=Step&direction=newer&limit=1&step=200")).Single());
    }

    [Fact]
    public async Task A_step_in_a_long_log_is_found_without_reading_what_the_index_knows_to_be_before_it()
    {
        const int Count = 8000;
        using var root = new TestDirectory();
        string file = Path.Combine(root.Path, "run.jsonl");
        await File.WriteAllLinesAsync(file, Enumerable.Range(1, Count).Select(Line), TestContext.Current.CancellationToken);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        await WaitForPoints(server, key, Count);

        // A record of long after the step, where the index knows only earlier ones: who read all lines would take it for the first of that time.
        string early = Line(2500);
        string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await using (FileStream log = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            log.Position = text.IndexOf(early, StringComparison.Ordinal);
            log.Write(System.Text.Encoding.UTF8.GetBytes(early.Replace("2026-", "2027-", StringComparison.Ordinal)));
        }

        Assert.Equal(7000, Steps(await server.Get($"api/records?run={key}&event=Step&direction=newer&limit=1&step=7000")).Single());
        Assert.Equal(6999, Steps(await server.Get($"api/records?run={key}&event=Step&limit=1&step=7000")).Single());

        static string Line(int step) => $$"""{"timestamp":"2026-11-24T{{6 + (step / 3600):D2}}:{{step / 60 % 60:D2}}:{{step % 60:D2}}.0000000Z","level":"INFO","logger":"training_progress","thread":1,"run":"long","rank":0,"world_size":1,"step":{{step}},"eventId":1001,"event":"Step","message":"{{new string('x', 100)}}","properties":{"Epoch":1,"Step":{{step}},"Loss":1,"Phase":"training"} }""";
    }

    [Fact]
    public async Task A_series_that_is_superseded_by_a_resumed_run_is_asked_for_again()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" });
        log.Steps(1, 100, step => 1.0 / step);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        string cursor = (await server.Get("api/runs")).GetProperty("cursor").GetString()!;
        string series = await WaitForPoints(server, key, 100);

        // Back to a checkpoint, and on beyond where it was, with other losses.
        log.Steps(51, 120, step => 2.0 / step);
        await WaitForPoints(server, key, 120);
        JsonElement update = await server.FirstUpdate($"run={key}&series=train/loss", $"{cursor}~{series}");

        JsonElement changed = Assert.Single(update.GetProperty("series").EnumerateArray());
        Assert.True(changed.GetProperty("again").GetBoolean());
        Assert.Equal(0, changed.GetProperty("step").GetArrayLength());
    }

    [Fact]
    public async Task The_stream_sends_what_is_behind_the_cursor_and_no_more_even_from_another_server()
    {
        using var root = new TestDirectory();
        using TestLog log = TestLog.Start(root.Path, new TrainingRunOptions { Model = "Net" });
        log.Steps(1, 100, step => 1.0 / step);
        string key;
        string cursor;
        await using (DashboardServer first = await DashboardServer.Start(root.Path))
        {
            key = await first.OnlyRun();
            string series = await WaitForPoints(first, key, 100);
            cursor = $"{(await first.Get("api/runs")).GetProperty("cursor").GetString()}~{series}";
        }

        log.Steps(101, 130, step => 1.0 / step);
        await using DashboardServer second = await DashboardServer.Start(root.Path);
        Assert.Equal(key, await second.OnlyRun());
        await WaitForPoints(second, key, 130);
        JsonElement changed = Assert.Single((await second.FirstUpdate($"run={key}&series=train/loss", cursor)).GetProperty("series").EnumerateArray());

        Assert.False(changed.GetProperty("again").GetBoolean());
        Assert.Equal(Enumerable.Range(101, 30), changed.GetProperty("step").EnumerateArray().Select(step => step.GetInt32()));
        Assert.Equal(Enumerable.Range(101, 30).Select(step => 1.0 / step), changed.GetProperty("value").EnumerateArray().Select(value => value.GetDouble()));
    }

    private static IEnumerable<long> Steps(JsonElement page) => page.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("step").GetInt64());

    // The server reads the log at intervals.
    private static async Task<string> WaitForPoints(DashboardServer server, string key, long points)
    {
        while (true)
        {
            JsonElement series = (await server.Get($"api/series?run={key}&series=train/loss&pixels=10")).GetProperty("series")[0];
            if (series.GetProperty("points").GetInt64() == points)
            {
                return series.GetProperty("cursor").GetString()!;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
