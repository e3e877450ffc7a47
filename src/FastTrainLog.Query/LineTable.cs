using FastTrainLog.Analysis.Tables;
using FastTrainLog.Tool.Export.Parquet;
using Parquet.Schema;

namespace FastTrainLog.Query;

/// <summary>The table for rows read from lines: the columns of the Parquet files, the run, and the log that contains the line.</summary>
/// <param name="Source">The exported table; null for the metrics of all tables.</param>
/// <param name="Table">The corresponding table in Parquet files.</param>
internal sealed record LineTable(Table? Source, ParquetTable Table)
{
    /// <summary>Gets the name within the database.</summary>
    public string Name => $"lines.{Table.Name}";

    /// <summary>Gets the statement that creates it.</summary>
    public string Creation => $"CREATE TABLE {Name} (_log INTEGER, run VARCHAR, {string.Join(", ", Table.Schema.DataFields.Select(column => $"\"{column.Name}\" {TypeOf(column)}"))})";

    private static string TypeOf(DataField column) => column switch
    {
        DateTimeDataField => "TIMESTAMP",
        DataField<long?> => "BIGINT",
        DataField<double?> => "DOUBLE",
        _ => "VARCHAR",
    };
}
