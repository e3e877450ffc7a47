using System.Text.Json;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Grafana Loki itself, where there is one: <c>FTL_TEST_LOKI</c>, or a <c>loki</c> on the path.</summary>
[Collection("Alone")]
public sealed class RealLokiTests : IDisposable
{
    // Records of the tests are of a fixed day, which is some time ago.
    private const string AnyAge = "reject_old_samples: false";

    private static readonly DateTime Day = new(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc);

    private readonly LogDirectory _log = new();
    private readonly LogDirectory _place = new();

    public void Dispose()
    {
        _log.Dispose();
        _place.Dispose();
    }

    // A repeat of an entry whose block is closed already is kept by some versions, so that a query shows it twice.
    [Fact]
    public void Every_record_is_there_and_in_order_after_the_shipper_was_killed_at_random()
    {
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, AnyAge);
        var shipping = new KilledShipping(_log, loki.Address, static () => { }, static () => { });
        shipping.Run();

        SortedDictionary<string, List<(long Time, string Line)>> found = loki.Query("{job=\"fasttrainlog\"}", Day, Day.AddDays(1));
        Assert.Equal(shipping.Streams.Keys, found.Keys);
        Assert.All(shipping.Streams, stream => Assert.Equal(stream.Value, found[stream.Key].Select(static entry => entry.Line).Distinct()));
    }

    // What Loki has then is asserted of one from 3.4 on: an earlier one drops entries that it has acknowledged when it is killed again soon (grafana/loki#14848), and shows some more than once.
    [Fact]
    public void Loki_has_acknowledged_every_record_after_it_and_the_shipper_were_killed_at_random()
    {
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, AnyAge);
        var acknowledged = new HashSet<string>();
        using var between = new Receiver(request =>
        {
            (int status, byte[] body) = loki.Forward(request);
            if (status == 204)
            {
                using JsonDocument pushed = JsonDocument.Parse(request.Body);
                acknowledged.UnionWith(pushed.RootElement.GetProperty("streams").EnumerateArray().SelectMany(static stream => stream.GetProperty("values").EnumerateArray()).Select(static value => value[1].GetString()!));
            }

            return (status, body);
        });
        var shipping = new KilledShipping(_log, between.Address, loki.Kill, loki.Start);
        shipping.Run();
        Assert.Empty(shipping.Streams.Values.SelectMany(static lines => lines).Except(acknowledged));
        SortedDictionary<string, List<(long Time, string Line)>> found = loki.Query("{job=\"fasttrainlog\"}", Day, Day.AddDays(1));
        int missing = shipping.Streams.Sum(stream => stream.Value.Except(found.GetValueOrDefault(stream.Key)?.Select(static entry => entry.Line) ?? []).Count());
        int repeated = found.Values.Sum(static stream => stream.Count - stream.Select(static entry => entry.Line).Distinct().Count());
        TestContext.Current.TestOutputHelper?.WriteLine($"Loki {loki.Version}, {KilledShipping.Records} records, each process killed {KilledShipping.Kills} times: {missing} missing, {repeated} repeated");
        if (loki.Version >= new Version(3, 4))
        {
            Assert.All(shipping.Streams, stream => Assert.Equal(stream.Value, found[stream.Key].Select(static entry => entry.Line).Distinct()));
        }
    }

    [Fact]
    public void What_Loki_refuses_for_good_is_quarantined_with_its_reason_and_the_rest_is_there_once()
    {
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, "max_line_size: 8KB");
        DateTime now = DateTime.UtcNow;
        string[] good = [.. Enumerable.Range(0, 20).Select(i => At(now.AddSeconds(i - 60), i)), At(now.AddMinutes(-30), 20)];
        string[] behind = [.. Enumerable.Range(30, 20).Select(i => At(now.AddHours(-5).AddSeconds(i), i))];
        (string Line, string Reason)[] refused =
        [
            (At(now.AddDays(-8), 60), "too old"),
            (At(now.AddHours(1), 61), "too new"),
            (At(now, 62).Replace("record", new string('x', 9000), StringComparison.Ordinal), "ax entry size"),
            (At(now, 63).Replace("\"main\"", $"\"{new string('y', 3000)}\"", StringComparison.Ordinal), "category=\"yyy"),
        ];
        // Half of a surrogate pair, and a label with a control character.
        string[] odd = [At(now, 70).Replace("record", "\\ud800", StringComparison.Ordinal), At(now, 71).Replace("\"main\"", "\"a\\u0000\\ud800b\"", StringComparison.Ordinal)];
        _log.With("run.jsonl", [.. good, .. refused.Select(static entry => entry.Line), .. behind, .. odd]);
        using var target = new LokiTarget(new HttpTargetOptions(loki.Address));
        Ship(target, _log.Path);
        // A lost cursor: all of it again.
        File.Delete(_log.PathOf(".fasttrainlog.ship.loki.cursor"));
        Ship(target, _log.Path);

        SortedDictionary<string, List<(long Time, string Line)>> found = loki.Query("{job=\"fasttrainlog\"}", now.AddDays(-9), now.AddHours(2));
        Assert.Equal(good.Append(odd[0]).Order(StringComparer.Ordinal), found["category=main,job=fasttrainlog,level=INFO"].Select(static entry => entry.Line));
        Assert.Equal(behind, found["category=main,job=fasttrainlog,level=INFO,replay=1"].Select(static entry => entry.Line));
        Assert.Equal(good.Length + behind.Length + odd.Length, found.Values.Sum(static stream => stream.Count));
        JsonElement[] quarantined = [.. File.ReadLines(_log.PathOf(".fasttrainlog.ship.loki.rejected.jsonl")).Select(static line => JsonElement.Parse(line))];
        Assert.Equal(2 * refused.Length, quarantined.Length);
        Assert.All(refused, entry => Assert.Contains(quarantined, record => record.GetProperty("record").GetRawText() == entry.Line && record.GetProperty("reason").GetString()!.Contains(entry.Reason, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_limit_of_rate_below_a_batch_holds_back_and_loses_nothing()
    {
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, $"{AnyAge}, ingestion_rate_mb: 1, ingestion_burst_size_mb: 0.2");
        _log.With("run.jsonl", Lines(0, 5000));
        (int code, string output, string error) = ToolRun.Of("ship", _log.Path, "--to", $"loki={loki.Address}", "--once");
        Assert.True(code == 0, output + error);
        Assert.Contains("rate limit exceeded", error, StringComparison.Ordinal);
        Assert.Equal((5000, 0), LogShipper.ReadStatus(_log.Path).Single().Counters is var counters ? (counters.Sent, counters.Quarantined) : default);
        Assert.Equal(Lines(0, 5000), loki.Query("{job=\"fasttrainlog\"}", Day, Day.AddDays(1)).Single().Value.Select(static entry => entry.Line));
    }

    [Fact]
    public void A_limit_of_streams_holds_back_and_is_told()
    {
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, $"{AnyAge}, max_global_streams_per_user: 2");
        _log.With("run.jsonl", [.. Enumerable.Range(0, 30).Select(static i => Line(i).Replace("\"main\"", $"\"part{i / 10}\"", StringComparison.Ordinal))]);
        // Until it takes anything, it has to be up.
        loki.Get("loki/api/v1/labels");
        (int code, _, string error) = ToolRun.Of("ship", _log.Path, "--to", $"loki={loki.Address}", "--once", "--give-up", "5");
        Assert.Equal(1, code);
        Assert.Contains("stream limit exceeded", error, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(_log.PathOf(".fasttrainlog.ship.loki.rejected.jsonl")));
        Assert.Equal(2, loki.Query("{job=\"fasttrainlog\"}", Day, Day.AddDays(1)).Count);
    }

    [Fact]
    public void The_rules_in_deploy_are_loaded_and_see_errors_and_numerical_issues()
    {
        string rules = Path.Combine(_place.Path, "rules");
        Directory.CreateDirectory(Path.Combine(rules, "fake"));
        File.Copy(Path.Combine(Repository.Root, "deploy/loki-rules.yml"), Path.Combine(rules, "fake/rules.yml"));
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, AnyAge, $$"""
            ruler: { storage: { type: local, local: { directory: {{rules}} } }, rule_path: {{_place.Path}}/scratch, ring: { kvstore: { store: inmemory } }, enable_api: true }
            """);
        DateTime now = DateTime.UtcNow;
        _log.With("run.jsonl", [.. Enumerable.Range(0, 12).Select(i => At(now.AddSeconds(i - 20), i).Replace("\"level\":\"INFO\",\"logger\":\"main\"", "\"level\":\"ERROR\",\"logger\":\"numerical_stability\",\"run\":\"a\",\"rank\":3", StringComparison.Ordinal))]);
        (int code, string output, string error) = ToolRun.Of("ship", _log.Path, "--to", $"loki={loki.Address}", "--once");
        Assert.True(code == 0, output + error);

        var expressions = new List<(string Name, string Query)>();
        Assert.True(Eventually.Is(() =>
        {
            using JsonDocument answer = JsonDocument.Parse(loki.Get("prometheus/api/v1/rules"));
            expressions = [.. answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(static group => group.GetProperty("rules").EnumerateArray()).Select(static rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!))];
            return expressions.Count > 0;
        }, TimeSpan.FromMinutes(2)), "the rules are not loaded");
        Assert.Equal(["TrainingNumericalIssues", "TrainingRunErrors"], expressions.Select(static rule => rule.Name).Order(StringComparer.Ordinal));
        Assert.All(expressions, rule => Assert.True(loki.Number(rule.Query, now) is 12 or 1, $"{rule.Query}: {loki.Number(rule.Query, now)}"));
    }

    [Fact]
    public void Loki_3_takes_OpenTelemetry_logs()
    {
        using LokiServer loki = LokiServer.StartOrSkip(_place.Path, AnyAge);
        Assert.SkipWhen(loki.Version.Major < 3, $"Loki {loki.Version} takes no OTLP; version 3 does");
        _log.With("run.jsonl", [RunRecord.Start(1, "a", rank: 1, ranks: 2), RunRecord.Step(2, "a", 1, 0.5, rank: 1, ranks: 2), .. Lines(10, 500)]);
        (int code, string output, string error) = ToolRun.Of("ship", _log.Path, "--to", $"otlp={loki.Address}/otlp", "--once");
        Assert.True(code == 0, output + error);
        Assert.Equal((502, 0), LogShipper.ReadStatus(_log.Path).Single().Counters is var counters ? (counters.Sent, counters.Quarantined) : default);
        List<(long Time, string Line)> entries = [.. loki.Query("{service_name=\"fasttrainlog\"}", Day, Day.AddDays(1)).Values.SelectMany(static stream => stream)];
        Assert.Equal(502, entries.Count);
        Assert.Equal(1, entries.Count(static entry => entry.Line == "record 17"));
        Assert.Equal(1, loki.Number("sum(count_over_time({service_name=\"fasttrainlog\"} | training_run_id=\"a\" | training_step=\"1\" [24h]))", Day.AddDays(1)));
    }

    private static string At(DateTime time, int number)
    {
        string line = Line(number);
        return line.Replace(line[14..42], time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    // Loki is not up at once.
    private static void Ship(LokiTarget target, string directory) => ShipAll(directory, target, new ShipOptions { LongestPause = TimeSpan.FromSeconds(1) });
}
