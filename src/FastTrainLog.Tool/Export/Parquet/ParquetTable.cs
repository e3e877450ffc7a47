using System.Globalization;
using FastTrainLog.Analysis.Tables;
using FastTrainLog.Reading;
using Parquet.Schema;

namespace FastTrainLog.Tool.Export.Parquet;

/// <summary>A table in the form of Parquet: the columns of the CSV export, with rows stored as columns of values.</summary>
/// <remarks>The run is not a column but the directory of a partition, as every engine that supports Hive partitioning expects.</remarks>
internal sealed class ParquetTable
{
    /// <summary>The metrics of all tables that have any, one row each.</summary>
    public const string Metrics = "metrics";

    private ParquetTable(string name, params IEnumerable<DataField> columns)
    {
        Name = name;
        Schema = new ParquetSchema([new DateTimeDataField("time", DateTimeFormat.DateAndTime, isAdjustedToUTC: true, isNullable: false), .. columns]);
    }

    public static ParquetTable ForMetrics { get; } = new(
        Metrics, new DataField<string>("table"), new DataField<long?>("step"), new DataField<string>("name"), new DataField<double?>("value"), new DataField<long?>("rank"));

    /// <summary>The series of runs, with the ranks of each as one.</summary>
    public static ParquetTable ForMergedSeries { get; } = new(
        "merged_series", new DataField<string>("series"), new DataField<long?>("step"), new DataField<double?>("mean"), new DataField<double?>("minimum"), new DataField<double?>("maximum"), new DataField<long?>("count"), new DataField<long?>("non_finite"));

    public static IReadOnlyDictionary<Table, ParquetTable> All { get; } = TrainingTables.All.ToDictionary(table => table, table => new ParquetTable(
        table.Name, [new DataField<string>("level"), new DataField<string>("event"), .. table.Columns.Select(FieldOf), new DataField<long?>("rank")]));

    public string Name { get; }

    public ParquetSchema Schema { get; }

    /// <summary>Gets the place of the column with the step in a row; negative if there is none.</summary>
    public int StepColumn => Array.FindIndex(Schema.DataFields, static column => column.Name == "step");

    /// <summary>Returns the values of a record.</summary>
    public static object?[] RowOf(Table table, in StoredRecord record, long? rank)
    {
        var row = new object?[table.Columns.Length + 4];
        row[0] = record.Time;
        row[1] = record.TryGetOwn("level"u8, out StoredField level) ? level.GetText() : null;
        row[2] = record.EventName ?? record.EventId.ToString(CultureInfo.InvariantCulture);
        for (int i = 0; i < table.Columns.Length; i++)
        {
            row[i + 3] = record.TryGet(table.Columns[i].Utf8Property, out StoredField field) ? ValueOf(field, table.Columns[i].Type) : null;
        }

        row[^1] = rank;
        return row;
    }

    /// <summary>Returns the rows of a record's metrics.</summary>
    public static IEnumerable<object?[]> MetricsOf(Table table, in StoredRecord record, long? rank)
    {
        var rows = new List<object?[]>();
        if (table.HasMetrics && record.TryGet("Metrics"u8, out StoredField metrics))
        {
            foreach (StoredField metric in metrics.GetFields())
            {
                rows.Add([record.Time, table.Name, record.GetInt64("Step"u8), metric.GetName(), metric.TryGetDouble(out double value) ? value : null, rank]);
            }
        }

        return rows;
    }

    private static DataField FieldOf(Column column) => column.Type switch
    {
        ColumnType.Integer => new DataField<long?>(column.Name),
        ColumnType.Real => new DataField<double?>(column.Name),
        _ => new DataField<string>(column.Name),
    };

    private static object? ValueOf(in StoredField field, ColumnType type) => type switch
    {
        ColumnType.Integer => field.Kind switch
        {
            System.Text.Json.JsonTokenType.True => 1L,
            System.Text.Json.JsonTokenType.False => 0L,
            _ => field.TryGetInt64(out long integer) ? integer : null,
        },
        ColumnType.Real => field.TryGetDouble(out double number) ? number : null,
        _ => field.GetText(),
    };
}
