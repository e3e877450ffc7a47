using System.Text.Json;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Indexing;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>What the interface answers of a run of several processes.</summary>
public sealed class RankInterfaceTests
{
    [Fact]
    public async Task Series_of_ranks_are_merged_and_each_can_be_had_alone_or_below_the_others()
    {
        using var root = new TestDirectory();
        foreach ((int rank, TestLog log) in TestLog.StartRanks(root.Path, 3).Index())
        {
            log.Steps(1, 40, step => (rank, step) == (1, 30) ? double.NaN : step + rank);
            log.Run.End(success: true);
            log.Dispose();
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        JsonElement merged = await WaitForPoints(server, $"run={key}", 120);
        Assert.Equal(Enumerable.Range(1, 40), Integers(merged, "last_step"));
        Assert.All(Integers(merged, "count"), count => Assert.Equal(3, count));
        Assert.Equal((10.0, 11.0, 12.0), (merged.GetProperty("minimum")[9].GetDouble(), merged.GetProperty("last_value")[9].GetDouble(), merged.GetProperty("maximum")[9].GetDouble()));
        Assert.Equal((30.0, 31.0, 32.0, 1), (merged.GetProperty("minimum")[29].GetDouble(), merged.GetProperty("last_value")[29].GetDouble(), merged.GetProperty("maximum")[29].GetDouble(), merged.GetProperty("non_finite")[29].GetInt32()));

        JsonElement alone = (await server.Get($"api/series?run={key}&series=train/loss&rank=2")).GetProperty("series")[0];
        Assert.Equal(Enumerable.Range(3, 40).Select(value => (double)value), alone.GetProperty("last_value").EnumerateArray().Select(value => value.GetDouble()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.Get($"api/series?run={key}&series=train/loss&rank=3"));

        JsonElement heat = await server.Get($"api/heat?run={key}&series=train/loss&pixels=20");
        Assert.Equal(Enumerable.Range(1, 20).Select(column => 2 * column), Integers(heat, "last_step"));
        JsonElement[] rows = [.. heat.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["0", "1", "2"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal([1.5, 2.5, 3.5], rows.Select(row => row.GetProperty("mean")[0].GetDouble()));
        Assert.Equal([0, 1, 0], rows.Select(row => row.GetProperty("non_finite")[14].GetInt32()));
    }

    [Fact]
    public async Task A_merged_step_is_sent_when_all_ranks_have_come_to_it_and_once()
    {
        using var root = new TestDirectory();
        TestLog[] ranks = TestLog.StartRanks(root.Path, 2);
        using TestLog fast = ranks[0];
        using TestLog late = ranks[1];
        fast.Steps(1, 20, step => step);
        late.Steps(1, 15, step => step + 1);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        JsonElement before = await WaitForPoints(server, $"run={key}", 35);
        Assert.Equal(Enumerable.Range(1, 15), Integers(before, "last_step"));

        string cursor = $"{(await server.Get("api/runs")).GetProperty("cursor").GetString()}~{before.GetProperty("cursor").GetString()}";
        late.Steps(16, 20, step => step + 1);
        await WaitForPoints(server, $"run={key}", 40);
        JsonElement added = Assert.Single((await server.FirstUpdate($"run={key}&series=train/loss", cursor)).GetProperty("series").EnumerateArray());

        Assert.False(added.GetProperty("again").GetBoolean());
        Assert.Equal(Enumerable.Range(16, 5), Integers(added, "step"));
        Assert.Equal(Enumerable.Range(16, 5).Select(step => (step, step + 0.5, step + 1.0)), Enumerable.Range(0, 5).Select(i => (added.GetProperty("minimum")[i].GetInt32(), added.GetProperty("value")[i].GetDouble(), added.GetProperty("maximum")[i].GetDouble())));
    }

    [Fact]
    public async Task The_list_and_the_order_of_the_charts_look_at_all_ranks()
    {
        using var root = new TestDirectory();
        foreach ((int rank, TestLog log) in TestLog.StartRanks(root.Path, 2).Index())
        {
            log.Steps(1, 60, step => (rank, step) == (1, 50) ? 1000 : step + (2 * rank));
            if (rank == 1)
            {
                log.Run.LogValidation(1, 60, 0.5);
            }

            log.Run.End(success: true);
            log.Dispose();
        }

        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();
        await WaitForPoints(server, $"run={key}", 120);

        JsonElement losses;
        while ((losses = (await server.Get("api/runs")).GetProperty("runs")[0].GetProperty("losses")).ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Enumerable.Range(1, 60).Select(step => step == 50 ? 525.0 : step + 1), losses.EnumerateArray().Select(value => value.GetDouble()));
        Assert.Contains("validation/loss", (await server.Get($"api/run?run={key}")).GetProperty("series").EnumerateArray().Select(name => name.GetString()));
        JsonElement relevance = await server.Get($"api/relevance?run={key}");
        Assert.Equal(50, Loss(relevance).GetProperty("step").GetInt32());
        Assert.Contains(relevance.EnumerateArray(), series => series.GetProperty("series").GetString() == "validation/loss");
        JsonElement alone = await server.Get($"api/relevance?run={key}&rank=0");
        Assert.InRange(Loss(relevance).GetProperty("score").GetDouble(), 20, 1e5);
        Assert.InRange(Loss(alone).GetProperty("score").GetDouble(), 0, 5);

        static JsonElement Loss(JsonElement relevance) => relevance.EnumerateArray().Single(series => series.GetProperty("series").GetString() == "train/loss");
    }

    [Fact]
    public void Ranks_that_are_always_apart_are_nothing_unusual_and_one_that_leaves_its_place_is()
    {
        IndexedBucket Band(int step, double last) => new(step, step, 2, 1.0 + (0.01 * (step % 5)), last, 3.0, 3.0, 0, NonFiniteKinds.None);

        SeriesRelevance apart = RelevanceAnswer.Of("train/loss", [.. Enumerable.Range(1, 100).Select(step => Band(step, 5.0 + (0.01 * (step % 7))))]);
        SeriesRelevance moved = RelevanceAnswer.Of("train/loss", [.. Enumerable.Range(1, 100).Select(step => Band(step, step == 70 ? 5.5 : 5.0 + (0.01 * (step % 7))))]);

        Assert.InRange(apart.Score, 0, 3);
        Assert.InRange(moved.Score, 10, 100);
        Assert.Equal(70, moved.Step);
    }

    [Fact]
    public async Task Layers_are_rows_with_the_same_columns()
    {
        using var root = new TestDirectory();
        string[] layers = ["fc10.weight", "fc2.weight"];
        File.WriteAllLines(
            Path.Combine(Directory.CreateDirectory(Path.Combine(root.Path, "log")).FullName, "run.jsonl"),
            [
                Line(0, "training_progress", 1000, "RunStarted", """{"Model":"Net","RunId":"layered"}"""),
                .. Enumerable.Range(1, 50).SelectMany(step => layers.Select((layer, i) => Line(
                    step, "numerical_stability", 1105, "GradientLayer", $$"""{"Step":{{step}},"Layer":"{{layer}}","Norm":{{(step == 40 && i == 1 ? "\"NaN\"" : step + i)}},"NaNCount":0,"InfinityCount":0,"ZeroCount":{{step}},"ElementCount":100}"""))),
            ]);
        await using DashboardServer server = await DashboardServer.Start(root.Path);
        string key = await server.OnlyRun();

        JsonElement norms = await server.Get($"api/heat?run={key}&series=layers/*/norm");
        JsonElement zeros = await server.Get($"api/heat?run={key}&series=layers/*/zero_share&from=11&to=20");

        Assert.Equal(layers, norms.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        Assert.Equal((50, "NaN", 1), (norms.GetProperty("first_step").GetArrayLength(), norms.GetProperty("rows")[1].GetProperty("mean")[39].GetString(), norms.GetProperty("rows")[1].GetProperty("non_finite")[39].GetInt32()));
        Assert.Equal(Enumerable.Range(11, 10).Select(step => step / 100.0), zeros.GetProperty("rows")[0].GetProperty("mean").EnumerateArray().Select(value => value.GetDouble()));
    }

    private static string Line(int second, string logger, int number, string name, string properties) =>
        $$"""{"timestamp":"2026-11-24T06:{{second / 60:D2}}:{{second % 60:D2}}.0000000Z","level":"INFO","logger":"{{logger}}","thread":1,"run":"layered","rank":0,"world_size":1,"event_id":{{number}},"event":"{{name}}","message":"{{name}}","properties":{{properties}}}""";

    private static IEnumerable<int> Integers(JsonElement element, string name) => element.GetProperty(name).EnumerateArray().Select(value => value.GetInt32());

    // The server reads the log at intervals.
    private static async Task<JsonElement> WaitForPoints(DashboardServer server, string run, long points)
    {
        while (true)
        {
            JsonElement series = (await server.Get($"api/series?{run}&series=train/loss")).GetProperty("series")[0];
            if (series.GetProperty("points").GetInt64() == points)
            {
                return series;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
