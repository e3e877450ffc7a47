using System.Buffers;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Indexing;
using FastTrainLog.Ranks;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Series;

/// <summary>Series below each other with the same columns of steps: one of all ranks, or those of a pattern, such as one for each layer.</summary>
internal sealed class HeatAnswer(LogCatalog catalog)
{
    private const char Any = '*';
    private const int MostColumns = 1024;
    private const int DefaultColumns = 256;
    private const int MostRows = 1024;
    private const int MostCells = 256 * 1024;

    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        DashboardRun run = catalog.Current(request.HttpContext.RequestAborted).Require(RequestFields.Text(request, "run") ?? throw RequestFields.Invalid("'run' is missing: give the key of a run."));
        string series = RequestFields.Text(request, "series") ?? throw RequestFields.Invalid("'series' is missing: give the name of a series, for a row for each rank, or one with *, for a row for each series.");
        (long from, long to) = SeriesAnswer.StepsOf(request);
        int columns = (int)RequestFields.Integer(request, "pixels", DefaultColumns, 1, MostColumns);
        IReadOnlyList<RankOfRun> ranks = run.RanksOf(SeriesSelection.RankOf(request));
        (string[] names, IReadOnlyList<(IndexedBucket Merged, IndexedBucket?[] Rows)> found, int left) = series.Contains(Any) ? OfPattern(ranks[0], series, from, to, columns) : OfRanks(ranks, series, from, to, columns);
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        SeriesAnswer.WriteSteps(json, [.. found.Select(column => column.Merged)]);
        json.WriteNumber("left_out", left);
        json.WriteStartArray("rows");
        for (int row = 0; row < names.Length; row++)
        {
            json.WriteStartObject();
            json.WriteString("name", names[row]);
            Column(json, "mean", found, row, static (json, cell) => AnswerWriter.WriteNumber(json, cell.Mean));
            Column(json, "non_finite", found, row, static (json, cell) => json.WriteNumberValue((int)cell.NonFinite));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static (string[] Names, IReadOnlyList<(IndexedBucket Merged, IndexedBucket?[] Rows)> Columns, int Left) OfRanks(IReadOnlyList<RankOfRun> ranks, string series, long from, long to, int columns) =>
        RankSeriesQuery.Use([.. ranks.Take(MostRows)], series, found =>
            Table([.. found.Select(rank => ((rank.Rank.Figures.Rank ?? 0).ToString(CultureInfo.InvariantCulture), rank.Series))], from, to, columns, ranks.Count - found.Count));

    private static (string[] Names, IReadOnlyList<(IndexedBucket Merged, IndexedBucket?[] Rows)> Columns, int Left) OfPattern(RankOfRun rank, string pattern, long from, long to, int columns)
    {
        string[] ends = pattern.Split(Any);
        if (ends.Length != 2)
        {
            throw RequestFields.Invalid($"'{pattern}' in 'series' has {ends.Length - 1} times {Any}; it must have one.");
        }

        return rank.Log.Query(index =>
        {
            string[] names = [.. index.Series(rank.Name.ToString()).Where(name => name.Length >= pattern.Length && name.StartsWith(ends[0], StringComparison.Ordinal) && name.EndsWith(ends[1], StringComparison.Ordinal))];
            return Table([.. names.Take(MostRows).Select(name => (name[ends[0].Length..^ends[1].Length], index.SeriesOf(rank.Name, name)))], from, to, columns, Math.Max(0, names.Length - MostRows));
        });
    }

    private static (string[] Names, IReadOnlyList<(IndexedBucket Merged, IndexedBucket?[] Rows)> Columns, int Left) Table((string Name, SeriesQuery Series)[] rows, long from, long to, int columns, int left)
    {
        rows = [.. rows.Where(row => row.Series.Count > 0)];
        return ([.. rows.Select(row => row.Name)], new MergedSeries(rows.Select(row => row.Series)).Columns(from, to, Math.Min(columns, MostCells / Math.Max(1, rows.Length))), left);
    }

    private static void Column(Utf8JsonWriter json, string name, IReadOnlyList<(IndexedBucket Merged, IndexedBucket?[] Rows)> columns, int row, Action<Utf8JsonWriter, IndexedBucket> write)
    {
        json.WriteStartArray(name);
        foreach ((_, IndexedBucket?[] rows) in columns)
        {
            if (rows[row] is { } cell)
            {
                write(json, cell);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
