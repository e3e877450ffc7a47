using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Alerts;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Dashboard.Series;
using FastTrainLog.Indexing;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>Keeps a page up to date by server-sent events: rows of runs that changed, and points that were added to series.</summary>
/// <remarks>
/// Nothing is queued for a client: its cursor says what it has, and the next event is made when the last one was sent. A client that reads slowly gets
/// fewer and larger events, and of a series with too many new points only the word that it has to be asked for again.
/// </remarks>
internal sealed class EventStream(LogCatalog catalog, AlertBook book, DashboardOptions options)
{
    // As many points as a wide chart has pixels.
    private const int MostPoints = 4096;

    private const string Silence = "silence";

    // Proxies close connections that are silent for a minute.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

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
            context.Response.Headers["X-Accel-Buffering"] = "no";
            await TypedResults.ServerSentEvents(Events(selection, cursor, context.RequestAborted)).ExecuteAsync(context);
        }
        finally
        {
            catalog.Interest.Close();
        }
    }

    private async IAsyncEnumerable<SseItem<string>> Events(SeriesSelection selection, EventCursor cursor, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The page is told at once that there is a server, even while it reads a long log for the first time.
        yield return new SseItem<string>(string.Empty, Silence);
        long seen = 0;
        long alerts = book.Count;
        long[] revisions = [.. Enumerable.Repeat(-1L, selection.All.Count)];
        var output = new ArrayBufferWriter<byte>();
        while (true)
        {
            CatalogState state = catalog.State;
            if (state.Version != seen)
            {
                output.ResetWrittenCount();
                EventCursor before = cursor;
                (cursor, bool isNews) = await Task.Run(() => Write(output, state, selection, before, revisions), cancellation);
                seen = state.Version;
                if (isNews || alerts != book.Count)
                {
                    alerts = book.Count;
                    yield return new SseItem<string>(Encoding.UTF8.GetString(output.WrittenSpan), "update") { EventId = cursor.ToString() };
                }
            }

            Task change = catalog.ChangeFrom(seen);
            await Task.WhenAny(change, Task.Delay(LongestSilence, cancellation));
            cancellation.ThrowIfCancellationRequested();
            if (!change.IsCompleted)
            {
                yield return new SseItem<string>(string.Empty, Silence);
            }
        }
    }

    private (EventCursor Cursor, bool IsNews) Write(ArrayBufferWriter<byte> output, CatalogState state, SeriesSelection selection, EventCursor cursor, long[] revisions)
    {
        using Utf8JsonWriter json = AnswerWriter.Open(output);
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
                SeriesCursor now = Write(json, key, name, run, selection.Rank, cursors[i]);
                isNews |= now != cursors[i];
                cursors[i] = now;
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return (new EventCursor(catalog.Instance, state.Version, cursors), isNews);
    }

    private static SeriesCursor Write(Utf8JsonWriter json, string key, string name, DashboardRun run, long? rank, SeriesCursor cursor)
    {
        (IReadOnlyList<IndexedBucket>? added, SeriesCursor now, bool isMerged) = ShownSeries.Use(run, rank, name, series => (series.After(cursor, MostPoints), series.Cursor, series.IsMerged));
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
