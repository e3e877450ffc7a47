using System.Data.Common;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using FastTrainLog.Analysis.Tables;
using FastTrainLog.Reading;
using FastTrainLog.Tool;
using FastTrainLog.Tool.Export;
using FastTrainLog.Tool.Export.Parquet;

namespace FastTrainLog.Query;

/// <summary>The logs below a directory as tables of a DuckDB database, which is deleted at the end.</summary>
/// <remarks>
/// A table is a view over the rows read from lines of logs and over exported Parquet files, which are read in place. A run with
/// Parquet files is not read from lines. Only the tables that a statement names are read. Not thread-safe.
/// </remarks>
internal sealed class LogDatabase : IDisposable
{
    private const string Steps = "steps";

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-query-").FullName;
    private readonly DuckDBConnection _connection;

    private LogDatabase()
    {
        _connection = new DuckDBConnection($"DataSource={Path.Combine(_directory, "logs.duckdb")}");
        _connection.Open();
    }

    /// <summary>Gets the names of the tables.</summary>
    public static IReadOnlyList<string> TableNames { get; } = [.. TrainingTables.All.Select(table => table.Name).Append(ParquetTable.Metrics).Order(StringComparer.Ordinal)];

    /// <summary>Reads the logs below a directory.</summary>
    /// <param name="root">The directory.</param>
    /// <param name="sql">The statement that will be executed; null if others may follow.</param>
    /// <param name="error">Receives reports of unreadable lines.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="ToolException">There is neither a log nor a Parquet file.</exception>
    public static LogDatabase Open(string root, string? sql, TextWriter error, CancellationToken cancellation)
    {
        if (!Directory.Exists(root))
        {
            throw new ToolException($"There is no directory '{root}'.");
        }

        IReadOnlyList<string> logs = LogDirectories.AtAndBelow(root);
        ParquetFiles parquet = ParquetFiles.Find(root);
        if (logs.Count == 0 && parquet.IsEmpty)
        {
            throw new ToolException($"There is no log in '{root}' or below it, and no Parquet files of 'fasttrainlog export --format parquet'.");
        }

        var database = new LogDatabase();
        try
        {
            database.Fill(root, parquet, sql, error, cancellation);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Executes statements and writes what the last of them returns.</summary>
    /// <exception cref="DuckDBException">A statement is invalid.</exception>
    public void Execute(string sql, string format, TextWriter output, CancellationToken cancellation)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        // All rows at once would be in memory that the limit does not count.
        command.UseStreamingMode = true;
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        using DbDataReader reader = command.ExecuteReader();
        ResultWriter.Of(format, output).Write(reader, cancellation);
    }

    public void Dispose()
    {
        _connection.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Fill(string root, ParquetFiles parquet, string? sql, TextWriter error, CancellationToken cancellation)
    {
        // Above this, data is spilled to the database file.
        Execute("SET memory_limit = '1GiB'; CREATE SCHEMA lines");
        List<LineTable> tables = [];
        foreach ((Table? source, ParquetTable table) in ParquetTable.All.Select(pair => ((Table?)pair.Key, pair.Value)).Append((null, ParquetTable.ForMetrics)))
        {
            var lines = new LineTable(source, table);
            Execute(lines.Creation);
            string names = table.Name == Steps ? $"({Steps}|{MergedSteps.Name})" : table.Name;
            if (sql is null || Regex.IsMatch(sql, $@"\b{names}\b", RegexOptions.IgnoreCase))
            {
                tables.Add(lines);
            }
        }

        if (tables.Count > 0)
        {
            new LineReader(_connection, tables, ExportedRuns.FindAll(root, error, cancellation), parquet.Runs).Read(error, cancellation);
        }

        foreach (string table in TableNames)
        {
            Execute($"CREATE VIEW {table} AS SELECT * EXCLUDE (_log) FROM lines.{table}{parquet.UnionOf(table)}");
        }

        Execute($"CREATE VIEW {MergedSteps.Name} AS {MergedSteps.Select(column => $"isfinite({column})")}");
    }

    private void Execute(string sql)
    {
        using DbCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
