using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Shipping.Http;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Shipping;

/// <summary>Pushes records to Grafana Loki: the JSON line of each, under the labels <c>job</c>, <c>run</c>, <c>rank</c>, <c>level</c> and <c>category</c>.</summary>
/// <remarks>
/// Loki ignores an entry that equals one of the same stream and time in its open block, so a repeat changes nothing, unless a kill comes between. It refuses entries that are too far behind the latest of their stream, as after a cursor was lost: these go to
/// a stream of their own, with the label <c>replay="1"</c>. What it refuses for its age, or for its size, is quarantined.
/// </remarks>
public sealed class LokiTarget : IShipTarget
{
    private const string Path = "loki/api/v1/push";

    // As of origins: the runs that a log directory has had must not fill the memory. What is forgotten of a stream is where its replays end, and Loki's next refusal tells that again.
    private const int MostStreams = 4096;

    // Half of what Loki allows by default, so that one refusal decides for many.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly HttpSender _sender;
    private readonly Dictionary<RecordOrigin, LokiStream> _streams = [];
    private readonly List<LokiStream> _used = [];
    private readonly Utf8Buffer _body = new(64 * 1024);

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
            StreamOf(batch.Origin(0)).ReplaysUpTo = batch.Ticks(0) + Window.Ticks;
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
        _used.Clear();
        if (_streams.Count > MostStreams)
        {
            _streams.Clear();
        }

        (RecordOrigin? origin, LokiStream? stream) = (null, null);
        for (int i = 0; i < batch.Count; i++)
        {
            // Neighbours mostly have the same one.
            if (!ReferenceEquals(batch.Origin(i), origin))
            {
                origin = batch.Origin(i);
                stream = StreamOf(origin);
            }

            if (stream!.Entries.Count == 0 && stream.Replayed.Count == 0)
            {
                _used.Add(stream);
            }

            (batch.Ticks(i) <= stream.ReplaysUpTo ? stream.Replayed : stream.Entries).Add(i);
        }

        _body.Clear();
        _body.Append("{\"streams\":["u8);
        foreach (LokiStream used in _used)
        {
            Write(batch, used.Head, used.Entries);
            Write(batch, used.ReplayHead, used.Replayed);
            used.Entries.Clear();
            used.Replayed.Clear();
        }

        _body.Append("]}"u8);
        return _sender.Post(Path, _body.Written, "application/json", cancellation);
    }

    private void Write(ShipBatch batch, ReadOnlySpan<byte> head, List<int> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        _body.Append(_body.Written[^1] == '[' ? ""u8 : ","u8);
        _body.Append(head);
        foreach (int index in entries)
        {
            _body.Append(_body.Written[^1] == '[' ? "[\""u8 : ",[\""u8);
            _body.AppendInteger(NanosecondsOf(batch.Ticks(index)));
            _body.Append("\",\""u8);
            RequestJson.AppendEscaped(_body, batch.Json(index));
            _body.Append("\"]"u8);
        }

        _body.Append("]}"u8);
    }

    // A clock that is off by centuries is beyond what Loki has numbers for; it refuses the first and the last of them for their age.
    private static long NanosecondsOf(long ticks)
    {
        long since = ticks - DateTime.UnixEpoch.Ticks;
        return Math.Abs(since) <= long.MaxValue / TimeSpan.NanosecondsPerTick ? since * TimeSpan.NanosecondsPerTick : since < 0 ? long.MinValue : long.MaxValue;
    }

    private LokiStream StreamOf(RecordOrigin origin)
    {
        if (!_streams.TryGetValue(origin, out LokiStream? stream))
        {
            stream = new LokiStream(HeadOf(origin, isReplay: false), HeadOf(origin, isReplay: true));
            _streams.Add(origin, stream);
        }

        return stream;
    }

    // What stands before the entries of a stream: {"stream":{…},"values":[
    private byte[] HeadOf(RecordOrigin origin, bool isReplay)
    {
        var head = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(head, RequestJson.Options);
        json.WriteStartObject();
        json.WriteStartObject("stream"u8);
        json.WriteString("job"u8, _sender.Options.Job);
        json.WriteString("level"u8, origin.LevelName);
        json.WriteString("category"u8, origin.Category);
        if (origin.Run is { } run)
        {
            json.WriteString("run"u8, run);
            json.WriteString("rank"u8, origin.Rank.ToString(CultureInfo.InvariantCulture));
        }

        if (isReplay)
        {
            json.WriteString("replay"u8, "1"u8);
        }

        json.WriteEndObject();
        json.WriteStartArray("values"u8);
        json.Flush();
        return head.WrittenSpan.ToArray();
    }

    private sealed class LokiStream(byte[] head, byte[] replayHead)
    {
        public byte[] Head => head;

        public byte[] ReplayHead => replayHead;

        /// <summary>Gets the places in the batch of its entries.</summary>
        public List<int> Entries { get; } = [];

        /// <summary>Gets the places in the batch of those that go to the stream for replays.</summary>
        public List<int> Replayed { get; } = [];

        /// <summary>Gets or sets the time up to which entries are replays, in UTC ticks.</summary>
        public long ReplaysUpTo { get; set; }
    }
}
