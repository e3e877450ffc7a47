using System.Buffers;
using System.Text;
using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Indexing;

namespace FastTrainLog.Analysis.Reports;

/// <summary>The histograms of a layer as the data that the script of a page draws: the same in a report and in an answer of the dashboard.</summary>
internal static class PageHistogram
{
    /// <summary>Writes the columns as members of the object that is open: a row for each bin between the least and the greatest that have elements, the greatest first.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<IndexedHistogram> columns)
    {
        Column(json, "first_step", columns, static column => column.FirstStep);
        Column(json, "last_step", columns, static column => column.LastStep);
        Column(json, "count", columns, static column => column.Count);
        json.WriteStartArray("rows");
        int least = columns.Count == 0 ? 0 : columns.Min(column => column.FirstBin);
        for (int bin = columns.Count == 0 ? -1 : columns.Max(column => column.EndBin) - 1; bin >= least; bin--)
        {
            json.WriteStartObject();
            json.WriteString("name", GradientHistogram.NameOf(bin));

            // Of the first bin, which has no lower end but 0, as if it were as wide as the others.
            json.WriteNumber("exponent", GradientHistogram.LowestExponent + bin - 1);
            Column(json, "elements", columns, column => column.In(bin));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Returns all histograms of a report as JSON, in which every character that HTML, a terminal or a reader could take for something else is escaped.</summary>
    public static string ToJson(LayerHistograms histograms)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach ((string layer, IReadOnlyList<IndexedHistogram> columns) in histograms.Layers)
            {
                json.WriteStartObject();
                json.WriteString("layer", layer);
                Write(json, columns);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Column(Utf8JsonWriter json, string name, IReadOnlyList<IndexedHistogram> columns, Func<IndexedHistogram, long> of)
    {
        json.WriteStartArray(name);
        foreach (IndexedHistogram column in columns)
        {
            json.WriteNumberValue(of(column));
        }

        json.WriteEndArray();
    }
}
