using System.Buffers;
using System.Text.Json;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Indexing;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Series;

/// <summary>Series between two steps, as at most as many buckets as there are pixels.</summary>
internal sealed class SeriesAnswer(LogCatalog catalog)
{
    private const int MostPixels = 4096;
    private const int MostBuckets = 256 * 1024;
    private const int DefaultPixels = 1000;

    // Far beyond any step, and far enough from the limits of the type that differences do not overflow.
    internal const long FarthestStep = long.MaxValue / 4;

    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        CatalogState state = catalog.Current(request.HttpContext.RequestAborted);
        SeriesSelection selection = SeriesSelection.Read(request);
        if (selection.All.Count == 0)
        {
            throw RequestFields.Invalid("'run' or 'series' is missing: give the key of a run and the name of a series, each at least once.");
        }

        (long from, long to) = StepsOf(request);
        int pixels = (int)RequestFields.Integer(request, "pixels", DefaultPixels, 1, MostPixels);
        if ((long)pixels * selection.All.Count > MostBuckets)
        {
            throw RequestFields.Invalid($"{pixels} pixels of {selection.All.Count} series are more than {MostBuckets} buckets: ask for fewer series at a time.");
        }

        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        json.WriteStartArray("series");
        foreach ((string key, string name) in selection.All)
        {
            DashboardRun run = state.Require(key);
            (SeriesCursor cursor, (long points, long first, long last), IReadOnlyList<IndexedBucket> buckets) =
                ShownSeries.Use(run, selection.Rank, name, series => (series.Cursor, series.Extent, series.Buckets(from, to, pixels)));
            Write(json, key, name, cursor, points, first, last, buckets);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string run, string series, SeriesCursor cursor, long points, long first, long last, IReadOnlyList<IndexedBucket> buckets)
    {
        json.WriteStartObject();
        json.WriteString("run", run);
        json.WriteString("series", series);
        json.WriteString("cursor", cursor.ToString());
        json.WriteNumber("points", points);
        json.WriteNumber("first", first);
        json.WriteNumber("last", last);
        if (buckets.All(static bucket => bucket.Count == 1))
        {
            // All the rest follows from these, and would be most of an answer.
            Column(json, "last_step", buckets, static (json, bucket) => json.WriteNumberValue(bucket.LastStep));
            Column(json, "last_value", buckets, static (json, bucket) => AnswerWriter.WriteNumber(json, bucket.Last));
            json.WriteEndObject();
            return;
        }

        WriteSteps(json, buckets);
        Column(json, "count", buckets, static (json, bucket) => json.WriteNumberValue(bucket.Count));
        Column(json, "last_value", buckets, static (json, bucket) => AnswerWriter.WriteNumber(json, bucket.Last));
        Column(json, "minimum", buckets, static (json, bucket) => AnswerWriter.WriteNumber(json, bucket.Minimum));
        Column(json, "maximum", buckets, static (json, bucket) => AnswerWriter.WriteNumber(json, bucket.Maximum));
        Column(json, "mean", buckets, static (json, bucket) => AnswerWriter.WriteNumber(json, bucket.Mean));
        Column(json, "non_finite", buckets, static (json, bucket) => json.WriteNumberValue((int)bucket.NonFinite));
        json.WriteEndObject();
    }

    /// <summary>Returns the first and the last step that a request names.</summary>
    public static (long From, long To) StepsOf(HttpRequest request) =>
        (RequestFields.Integer(request, "from", -FarthestStep, -FarthestStep, FarthestStep), RequestFields.Integer(request, "to", FarthestStep, -FarthestStep, FarthestStep));

    /// <summary>Writes the first and the last step of each bucket.</summary>
    public static void WriteSteps(Utf8JsonWriter json, IReadOnlyList<IndexedBucket> buckets)
    {
        Column(json, "first_step", buckets, static (json, bucket) => json.WriteNumberValue(bucket.FirstStep));
        Column(json, "last_step", buckets, static (json, bucket) => json.WriteNumberValue(bucket.LastStep));
    }

    /// <summary>Writes an array with a value for each bucket.</summary>
    public static void Column(Utf8JsonWriter json, string name, IReadOnlyList<IndexedBucket> buckets, Action<Utf8JsonWriter, IndexedBucket> write)
    {
        json.WriteStartArray(name);
        foreach (IndexedBucket bucket in buckets)
        {
            write(json, bucket);
        }

        json.WriteEndArray();
    }
}
