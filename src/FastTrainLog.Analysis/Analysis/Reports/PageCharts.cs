using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FastTrainLog.Analysis.Reports;

/// <summary>The charts of a page, as the data that its script draws.</summary>
internal sealed class PageCharts
{
    // From this factor between the least and the greatest value on, a logarithmic axis shows more of values above 0.
    private const double Wide = 100.0;

    private readonly List<(string Title, bool IsTime, bool IsLogarithmic, ChartSeries[] Lines, IReadOnlyList<ChartMark> Marks)> _charts = [];

    /// <summary>Adds a chart; returns its index, or null if no line has a finite value.</summary>
    /// <param name="title">The title.</param>
    /// <param name="isTime">Whether the positions are seconds of the run instead of steps.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="marks">The events.</param>
    /// <param name="isLinear">Whether the scale is linear even if the values span orders of magnitude, because their differences matter.</param>
    public int? Add(string title, bool isTime, IReadOnlyList<ChartSeries> lines, IReadOnlyList<ChartMark> marks, bool isLinear)
    {
        ChartSeries[] filled = [.. lines.Where(line => line.Points.Any(point => !double.IsNaN(point.Mean)))];
        if (filled.Length == 0)
        {
            return null;
        }

        IEnumerable<SeriesPoint> finite = filled.SelectMany(line => line.Points).Where(point => !double.IsNaN(point.Mean));
        double least = finite.Min(point => point.Minimum);
        _charts.Add((title, isTime, !isLinear && least > 0.0 && finite.Max(point => point.Maximum) / least > Wide, filled, marks));
        return _charts.Count - 1;
    }

    /// <summary>Returns the data as JSON, in which every character that HTML, a terminal or a reader could take for something else is escaped.</summary>
    public string ToJson()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach ((string title, bool isTime, bool isLogarithmic, ChartSeries[] lines, IReadOnlyList<ChartMark> marks) in _charts)
            {
                json.WriteStartObject();
                json.WriteString("title", title);
                json.WriteString("place", isTime ? "second" : "step");
                json.WriteBoolean("is_logarithmic", isLogarithmic);
                json.WriteStartArray("lines");
                foreach (ChartSeries line in lines)
                {
                    Write(json, line);
                }

                json.WriteEndArray();
                json.WriteStartArray("marks");
                foreach (ChartMark mark in marks)
                {
                    json.WriteStartObject();
                    json.WriteNumber("first", mark.First);
                    json.WriteNumber("last", mark.Last);
                    json.WriteString("text", mark.Text);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ChartSeries line)
    {
        json.WriteStartObject();
        json.WriteString("name", line.Name);
        json.WriteStartArray("position");
        foreach (SeriesPoint point in line.Points)
        {
            json.WriteNumberValue(point.Position);
        }

        json.WriteEndArray();
        WriteValues(json, "mean", line, point => point.Mean);
        if (line.Points.Any(point => point.Minimum < point.Maximum))
        {
            WriteValues(json, "minimum", line, point => point.Minimum);
            WriteValues(json, "maximum", line, point => point.Maximum);
        }

        if (line.Points.Any(point => point.NonFinite > 0))
        {
            WriteValues(json, "non_finite", line, point => point.NonFinite);
        }

        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, string name, ChartSeries line, Func<SeriesPoint, double> valueOf)
    {
        json.WriteStartArray(name);
        foreach (SeriesPoint point in line.Points)
        {
            double value = valueOf(point);
            if (double.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
