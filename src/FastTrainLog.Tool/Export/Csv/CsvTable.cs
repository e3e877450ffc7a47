using System.Globalization;
using System.Text.Json;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Analysis.Tables;

namespace FastTrainLog.Tool.Export.Csv;

/// <summary>A table as a CSV file: a row for each record, a column for each metric.</summary>
internal sealed class CsvTable(Table table, string path) : IDisposable
{
    private readonly List<string> _metrics = [];
    private readonly Dictionary<string, int> _metricColumns = [];
    private readonly OutputFile _file = new(path);
    private CsvWriter? _writer;
    private MetricValue[] _values = [];

    /// <summary>Gets the number of metric values that had no column, since their names were not seen in the first pass.</summary>
    public long LateMetrics { get; private set; }

    /// <summary>Notes the names of a record's metrics.</summary>
    public void Prepare(in StoredRecord record)
    {
        foreach (StoredField metric in MetricsOf(record))
        {
            string name = metric.GetName();
            if (_metricColumns.TryAdd(name, _metrics.Count))
            {
                _metrics.Add(name);
            }
        }
    }

    public void Add(in StoredRecord record, RunName run)
    {
        CsvWriter writer = _writer ??= Open();
        writer.Add(record.TryGetOwn("timestamp"u8, out StoredField time) ? time.Utf8Value : default);
        writer.AddText(run.Id is null ? null : run.ToString());
        writer.AddText(record.TryGetOwn("level"u8, out StoredField level) ? level.GetText() : null);
        writer.AddText(record.EventName);
        foreach (Column column in table.Columns)
        {
            if (record.TryGet(column.Utf8Property, out StoredField field))
            {
                Add(writer, field);
            }
            else
            {
                writer.Add(default(ReadOnlySpan<byte>));
            }
        }

        writer.AddText(run.Rank?.ToString(CultureInfo.InvariantCulture));
        if (table.HasMetrics)
        {
            AddMetrics(writer, record);
        }

        writer.EndRow();
    }

    /// <summary>Ends the file.</summary>
    /// <returns>The number of rows; 0 if there is no file.</returns>
    public long Complete()
    {
        if (_writer is null)
        {
            return 0;
        }

        _writer.Dispose();
        _file.Complete();
        return _writer.Rows - 1;
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _file.Dispose();
    }

    private static StoredFields MetricsOf(in StoredRecord record) =>
        record.TryGet("Metrics"u8, out StoredField metrics) ? metrics.GetFields() : new StoredFields("{}"u8);

    // Numbers as they are in the log, NaN and infinities among them; texts without their escapes; null as nothing.
    private static void Add(CsvWriter writer, in StoredField field)
    {
        if (field.TryGetDouble(out _))
        {
            writer.Add(field.Utf8Value);
        }
        else if (field.Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            writer.AddJson(field.Utf8Value);
        }
        else
        {
            writer.AddText(field.GetText());
        }
    }

    private void AddMetrics(CsvWriter writer, in StoredRecord record)
    {
        Array.Clear(_values);
        foreach (StoredField metric in MetricsOf(record))
        {
            if (_metricColumns.TryGetValue(metric.GetName(), out int column))
            {
                _values[column] = metric.TryGetDouble(out _) ? new MetricValue(metric.Utf8Value.ToArray(), null) : new MetricValue(null, metric.GetText());
            }
            else
            {
                LateMetrics++;
            }
        }

        foreach (MetricValue value in _values)
        {
            if (value.Number is not null)
            {
                writer.Add(value.Number);
            }
            else
            {
                writer.AddText(value.Text);
            }
        }
    }

    private CsvWriter Open()
    {
        _values = new MetricValue[_metrics.Count];
        var writer = new CsvWriter(_file.Create());
        string[] names = ["time", "run", "level", "event", .. table.Columns.Select(column => column.Name), "rank"];
        foreach (string name in names)
        {
            writer.AddText(name);
        }

        foreach (string metric in _metrics)
        {
            // A metric called as a column would be taken for it.
            writer.AddText(names.Contains(metric) ? $"metric_{metric}" : metric);
        }

        writer.EndRow();
        return writer;
    }

    /// <summary>What is in a metric's column: a number as it is in the log, or a text.</summary>
    private readonly record struct MetricValue(byte[]? Number, string? Text);
}
