using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Alerts;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Indexing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>Keeps a page up to date by server-sent events: rows of runs that changed, and points that were added to series.</summary>
/// <remarks>
/// Nothing is queued for a client: its cursor says what it has, and the next event is made when the last one was sent. A client that reads slowly gets
/// fewer and larger events, and of a series with too many new points only the word that it has to be asked for again. So does every client while those
/// that do not read have much of the server's memory.
/// </remarks>
internal sealed class EventStream(LogCatalog catalog, AlertBook book, DashboardOptions options)
{
    // As many points as a wide chart has pixels.
    private const int MostPoints = 4096;

    // The bytes of the events that clients have not taken yet, of all together, from which on events have no more points.
    private const long MostHeld = 16 * 1024 * 1024;

    // Proxies close connections that are silent for a minute.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private static ReadOnlySpan<byte> Silence => "silence"u8;

    private static ReadOnlySpan<byte> Update => "update"u8;

    private readonly ConcurrentBag<ArrayBufferWriter<byte>> _buffers = [];
    private long _held;

    public async Task Send(HttpContext context)
    {
        HttpRequest request = context.Request;
        SeriesSelection selection = SeriesSelection.Read(request);

        // The browser sends the event it had last only when it reconnects by itself; then that is newer than the address.
        string? given = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : RequestFields.Cursor(request);
        EventCursor cursor = EventCursor.Parse(given, selection.All.Count);
        if (!catalog.Interest.TryOpen(options.MaxStreams))
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, $"{options.MaxStreams} pages are open, which is the most that {nameof(DashboardOptions)}.{nameof(DashboardOptions.MaxStreams)} allows.");
        }

        try
        {
            HttpResponse response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache, no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await Follow(response.BodyWriter, selection, cursor, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        finally
        {
            catalog.Interest.Close();
        }
    }

    // Written straight into the response: the framework's result for such events holds two buffers of the size of the largest event for each client, as long as that is there.
    private async Task Follow(PipeWriter response, SeriesSelection selection, EventCursor cursor, CancellationToken cancellation)
    {
        // The page is told at once that there is a server, even while it reads a long log for the first time.
        Put(response, Silence, null, []);
        await response.FlushAsync(cancellation);
        long seen = 0;
        long alerts = book.Count;
        long[] revisions = [.. Enumerable.Repeat(-1L, selection.All.Count)];
        while (true)
        {
            CatalogState state = catalog.State;
            if (state.Version != seen)
            {
                EventCursor before = cursor;
                bool isAlert = alerts != book.Count;
                alerts = book.Count;
                (cursor, int length) = await Task.Run(() => Write(response, state, selection, before, revisions, isAlert), cancellation);
                seen = state.Version;
                try
                {
                    // Until the client has taken it, or is gone.
                    await response.FlushAsync(cancellation);
                }
                finally
                {
                    Interlocked.Add(ref _held, -length);
                }
            }

            Task change = catalog.ChangeFrom(seen);
            await Task.WhenAny(change, Task.Delay(LongestSilence, cancellation));
            cancellation.ThrowIfCancellationRequested();
            if (!change.IsCompleted)
            {
                Put(response, Silence, null, []);
                await response.FlushAsync(cancellation);
            }
        }
    }

    private static void Put(PipeWriter response, ReadOnlySpan<byte> name, string? id, ReadOnlySpan<byte> data)
    {
        response.Write("event: "u8);
        response.Write(name);
        if (id is not null)
        {
            response.Write("\nid: "u8);
            response.Write(Encoding.UTF8.GetBytes(id));
        }

        response.Write("\ndata: "u8);
        response.Write(data);
        response.Write("\n\n"u8);
    }

    // A buffer is used only here, so there are no more of them than threads.
    private (EventCursor Cursor, int Length) Write(PipeWriter response, CatalogState state, SeriesSelection selection, EventCursor before, long[] revisions, bool isAlert)
    {
        ArrayBufferWriter<byte> output = _buffers.TryTake(out ArrayBufferWriter<byte>? used) ? used : new ArrayBufferWriter<byte>();
        (EventCursor cursor, bool isNews) = Write(output, state, selection, before, revisions);
        int length = isNews || isAlert ? output.WrittenCount : 0;
        if (length > 0)
        {
            Interlocked.Add(ref _held, length);
            Put(response, Update, cursor.ToString(), output.WrittenSpan);
        }

        output.ResetWrittenCount();
        _buffers.Add(output);
        return (cursor, length);
    }

    private (EventCursor Cursor, bool IsNews) Write(ArrayBufferWriter<byte> output, CatalogState state, SeriesSelection selection, EventCursor cursor, long[] revisions)
    {
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        int most = Interlocked.Read(ref _held) < MostHeld ? MostPoints : 0;
        json.WriteStartObject();
        bool isAnew = cursor.Instance != catalog.Instance || cursor.Version > state.Version;
        DashboardRun[] changed = [.. state.Runs.Where(run => isAnew || run.ChangedAt > cursor.Version)];
        json.WriteBoolean("all_runs", isAnew);
        json.WriteNumber("run_count", state.Runs.Count);
        json.WriteNumber("alerts", book.Count);
        RunList.WriteState(json, state, changed);
        json.WriteStartArray("series");
        bool isNews = isAnew || changed.Length > 0;
        SeriesCursor[] cursors = [.. cursor.Series];
        for (int i = 0; i < cursors.Length; i++)
        {
            (string key, string name) = selection.All[i];
            if (state.Find(key) is { } run && ShownSeries.RevisionOf(run, selection.Rank) is var revision && revision != revisions[i])
            {
                revisions[i] = revision;
                SeriesCursor now = Write(json, key, name, run, selection.Rank, cursors[i], most);
                isNews |= now != cursors[i];
                cursors[i] = now;
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return (new EventCursor(catalog.Instance, state.Version, cursors), isNews);
    }

    private static SeriesCursor Write(Utf8JsonWriter json, string key, string name, DashboardRun run, long? rank, SeriesCursor cursor, int most)
    {
        (IReadOnlyList<IndexedBucket>? added, SeriesCursor now, bool isMerged) = ShownSeries.Use(run, rank, name, series => (series.After(cursor, most), series.Cursor, series.IsMerged));
        if (added is { Count: 0 })
        {
            return now;
        }

        json.WriteStartObject();
        json.WriteString("run", key);
        json.WriteString("series", name);
        json.WriteString("cursor", now.ToString());
        json.WriteBoolean("again", added is null);
        SeriesAnswer.Column(json, "step", added ?? [], static (json, point) => json.WriteNumberValue(point.LastStep));
        SeriesAnswer.Column(json, "value", added ?? [], static (json, point) => AnswerWriter.WriteNumber(json, point.Last));
        if (isMerged)
        {
            SeriesAnswer.Column(json, "count", added ?? [], static (json, point) => json.WriteNumberValue(point.Count));
            SeriesAnswer.Column(json, "minimum", added ?? [], static (json, point) => AnswerWriter.WriteNumber(json, point.Minimum));
            SeriesAnswer.Column(json, "maximum", added ?? [], static (json, point) => AnswerWriter.WriteNumber(json, point.Maximum));
            SeriesAnswer.Column(json, "non_finite", added ?? [], static (json, point) => json.WriteNumberValue((int)point.NonFinite));
        }

        json.WriteEndObject();
        return now;
    }
}
