using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Shipping.Http;

namespace FastTrainLog.Shipping;

/// <summary>Pushes records to Grafana Loki: the JSON line of each, under the labels <c>job</c>, <c>run</c>, <c>rank</c>, <c>level</c> and <c>category</c>.</summary>
/// <remarks>
/// Loki ignores an entry that equals one of the same stream and time, so a repeat changes nothing. It refuses entries that are too far behind the latest of their stream, as after a cursor was lost: these go to
/// a stream of their own, with the label <c>replay="1"</c>. What it refuses for its age, or for its size, is quarantined.
/// </remarks>
public sealed class LokiTarget : IShipTarget
{
    private const string Path = "loki/api/v1/push";

    // Half of what Loki allows by default, so that one refusal decides for many.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly HttpSender _sender;
    private readonly Dictionary<string, LokiStream> _streams = [];
    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>Initializes a target.</summary>
    /// <param name="options">How it is reached: the address without <c>/loki/api/v1/push</c>; a token is sent as <c>Bearer</c>.</param>
    public LokiTarget(HttpTargetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _sender = new HttpSender(options, "Bearer");
        Name = options.Name ?? "loki";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Address => _sender.Address;

    /// <inheritdoc/>
    public BatchLimits Limits { get; } = new(Records: 4096, Bytes: 1 << 20);

    /// <inheritdoc/>
    public ShipAnswer Send(ShipBatch batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        HttpReply reply = Push(batch, cancellation);
        if (IsTooFarBehind(reply) && batch.Count == 1)
        {
            ShippedRecord record = batch[0];
            StreamOf(record).ReplaysUpTo = record.Record.Time + Window;
            reply = Push(batch, cancellation);
        }

        return reply.IsSuccess ? ShipAnswer.Done : reply.Refusal();
    }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();

    // Older versions: "entry out of order".
    private static bool IsTooFarBehind(HttpReply reply) => reply.Status == 400
        && (reply.Body.AsSpan().IndexOf("too far behind"u8) >= 0 || reply.Body.AsSpan().IndexOf("out of order"u8) >= 0);

    private HttpReply Push(ShipBatch batch, CancellationToken cancellation)
    {
        var used = new List<LokiStream>();
        for (int i = 0; i < batch.Count; i++)
        {
            ShippedRecord record = batch[i];
            LokiStream stream = StreamOf(record);
            bool isReplay = record.Record.Time <= stream.ReplaysUpTo;
            ref List<(long, int)>? entries = ref (isReplay ? ref stream.Replayed : ref stream.Entries);
            if (stream.Entries is null && stream.Replayed is null)
            {
                used.Add(stream);
            }

            entries ??= [];
            entries.Add((record.Record.Time.Ticks, i));
        }

        _body.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_body, RequestJson.Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("streams"u8);
            foreach (LokiStream stream in used)
            {
                Write(json, batch, stream, stream.Entries, isReplay: false);
                Write(json, batch, stream, stream.Replayed, isReplay: true);
                (stream.Entries, stream.Replayed) = (null, null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        // A server with a million runs behind it must not fill the memory.
        if (_streams.Count > 10_000)
        {
            _streams.Clear();
        }

        return _sender.Post(Path, _body.WrittenMemory, "application/json", cancellation);
    }

    private static void Write(Utf8JsonWriter json, ShipBatch batch, LokiStream stream, List<(long Ticks, int Index)>? entries, bool isReplay)
    {
        if (entries is null)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("stream"u8);
        foreach ((string name, string value) in stream.Labels)
        {
            json.WriteString(name, value);
        }

        if (isReplay)
        {
            json.WriteString("replay"u8, "1"u8);
        }

        json.WriteEndObject();
        json.WriteStartArray("values"u8);
        Span<byte> nanoseconds = stackalloc byte[32];
        foreach ((long ticks, int index) in entries)
        {
            json.WriteStartArray();
            ((ticks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick).TryFormat(nanoseconds, out int length, provider: CultureInfo.InvariantCulture);
            json.WriteStringValue(nanoseconds[..length]);
            json.WriteStringValue(batch.Json(index));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private LokiStream StreamOf(in ShippedRecord shipped)
    {
        StoredRecord record = shipped.Record;
        (string level, string category, string? run, long rank) = (StoredLevels.Name(record.Level), record.Category, shipped.Run, shipped.Rank);
        string key = string.Create(CultureInfo.InvariantCulture, $"{level}\0{category}\0{run}\0{rank}");
        if (!_streams.TryGetValue(key, out LokiStream? stream))
        {
            List<(string, string)> labels = [("job", _sender.Options.Job), ("level", level), ("category", category)];
            if (run is not null)
            {
                labels.Add(("run", run));
                labels.Add(("rank", rank.ToString(CultureInfo.InvariantCulture)));
            }

            stream = new LokiStream(labels);
            _streams.Add(key, stream);
        }

        return stream;
    }

    private sealed class LokiStream(List<(string Name, string Value)> labels)
    {
        public List<(long, int)>? Entries;

        public List<(long, int)>? Replayed;

        public List<(string Name, string Value)> Labels => labels;

        public DateTime ReplaysUpTo { get; set; } = DateTime.MinValue;
    }
}
