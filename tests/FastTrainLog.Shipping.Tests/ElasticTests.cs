using System.Text;
using System.Text.Json;
using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tool.Tests;
using FastTrainLog.Tool.Tests.Runs;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>The bulk interface of Elasticsearch and OpenSearch, against a receiver that keeps documents by their identifiers.</summary>
public sealed class ElasticTests : IDisposable
{
    private readonly LogDirectory _log = new();
    private readonly Dictionary<string, JsonElement> _documents = [];
    private readonly Random _random = new(20);
    private int _busy;

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Every_record_is_one_document_whatever_fails()
    {
        _log.With("run.jsonl", Lines(0, 5000));
        using var receiver = new Receiver(Bulk, _ => (Fault)_random.Next(8) is var fault && fault <= Fault.Slow ? fault : Fault.None);
        using var target = new ElasticTarget(Receiver.Options(receiver));
        _busy = 7;
        ShipCounters counters = ShipAll(_log.Path, target);

        Assert.Equal((5000, 0, 5000), (counters.Sent, counters.Quarantined, _documents.Count));
        Assert.True(counters.Retried > 0);
        Assert.Equal(Enumerable.Range(0, 5000), _documents.Values.Select(static document => document.GetProperty("fasttrainlog").GetProperty("properties").GetProperty("Number").GetInt32()).Order());
    }

    [Fact]
    public void A_document_has_the_fields_of_the_common_schema()
    {
        _log.With("run.jsonl", RunRecord.Step(2, "a/b", 7, 0.5, rank: 3, ranks: 8));
        using var receiver = new Receiver(Bulk);
        using var target = new ElasticTarget(Receiver.Options(receiver), "runs");
        ShipAll(_log.Path, target);

        (string id, JsonElement document) = Assert.Single(_documents);
        Assert.StartsWith("a%2Fb-3-1-", id, StringComparison.Ordinal);
        Assert.Equal("2026-11-24T06:00:02Z", document.GetProperty("@timestamp").GetString());
        Assert.Equal(("INFO", "training_progress", "Step"), (document.GetProperty("log").GetProperty("level").GetString(), document.GetProperty("log").GetProperty("logger").GetString(), document.GetProperty("message").GetString()));
        Assert.Equal(("a/b", "3"), (document.GetProperty("labels").GetProperty("run").GetString(), document.GetProperty("labels").GetProperty("rank").GetString()));
        Assert.Equal((7, 0.5), (document.GetProperty("fasttrainlog").GetProperty("step").GetInt32(), document.GetProperty("fasttrainlog").GetProperty("properties").GetProperty("Loss").GetDouble()));
    }

    [Fact]
    public void Documents_that_are_refused_are_quarantined_one_by_one_with_the_reason()
    {
        _log.With("run.jsonl", [.. Lines(0, 10), Line(10).Replace("record", "conflict", StringComparison.Ordinal), .. Lines(11, 10)]);
        using var receiver = new Receiver(Bulk);
        using var target = new ElasticTarget(Receiver.Options(receiver));
        ShipCounters counters = ShipAll(_log.Path, target);
        Assert.Equal((20, 1, 20), (counters.Sent, counters.Quarantined, _documents.Count));
        JsonElement quarantined = JsonElement.Parse(File.ReadAllText(_log.PathOf(".fasttrainlog.ship.elastic.rejected.jsonl")));
        Assert.Contains("mapper_parsing_exception", quarantined.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, receiver.Requests);
    }

    private (int Status, byte[] Body) Bulk(Received request)
    {
        Assert.Equal(("/_bulk", "application/x-ndjson"), (request.Path, request.Headers["Content-Type"]));
        string[] lines = Encoding.UTF8.GetString(request.Body).Split('\n');
        Assert.Empty(lines[^1]);
        var items = new List<string>();
        for (int i = 0; i + 1 < lines.Length; i += 2)
        {
            string id = JsonElement.Parse(lines[i]).GetProperty("create").GetProperty("_id").GetString()!;
            JsonElement document = JsonElement.Parse(lines[i + 1]);
            items.Add(_busy > 0 && _random.Next(_busy) == 0 ? """{"create":{"status":429,"error":{"type":"es_rejected_execution_exception"}}}"""
                : document.GetProperty("message").GetString()!.StartsWith("conflict", StringComparison.Ordinal) ? """{"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"no number"}}}"""
                : _documents.TryAdd(id, document) ? """{"create":{"status":201}}"""
                : """{"create":{"status":409,"error":{"type":"version_conflict_engine_exception"}}}""");
        }

        return Receiver.Reply(200, $$"""{"took":1,"errors":true,"items":[{{string.Join(',', items)}}]}""");
    }
}
