using System.Buffers;
using System.Text.Json;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using FastTrainLog.Indexing;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Series;

/// <summary>The histograms of gradient magnitudes of one layer in columns of steps, and the layers that have any.</summary>
internal sealed class HistogramAnswer(LogCatalog catalog)
{
    private const int MostColumns = 1024;
    private const int DefaultColumns = 256;
    private const int MostLayers = 1024;

    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        DashboardRun run = catalog.Current(request.HttpContext.RequestAborted).Require(RequestFields.Text(request, "run") ?? throw RequestFields.Invalid("'run' is missing: give the key of a run."));
        (long from, long to) = SeriesAnswer.StepsOf(request);
        int columns = (int)RequestFields.Integer(request, "pixels", DefaultColumns, 1, MostColumns);
        string? layer = RequestFields.Text(request, "layer");
        RankOfRun rank = run.RanksOf(SeriesSelection.RankOf(request))[0];
        (IReadOnlyList<string> layers, IReadOnlyList<IndexedHistogram> found) = rank.Log.Query(index =>
        {
            IReadOnlyList<string> layers = index.HistogramLayers(rank.Name);
            layer ??= layers.FirstOrDefault();
            return (layers, layer is null ? [] : index.Histograms(rank.Name, layer, from, to, columns));
        });
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        json.WriteStartArray("layers");
        foreach (string name in layers.Take(MostLayers))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteNumber("layer_count", layers.Count);
        json.WriteString("layer", layer);
        PageHistogram.Write(json, found);
        json.WriteEndObject();
    }
}
