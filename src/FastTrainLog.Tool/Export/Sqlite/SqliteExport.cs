using System.Globalization;
using System.Text.Json;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Analysis.Tables;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Tool.Export.Sqlite;

/// <summary>A log as an SQLite database: every record, the tables of a training log, and their metrics, written in one transaction.</summary>
/// <remarks>Indexes are made at the end, which is faster than keeping them up row by row.</remarks>
internal sealed class SqliteExport : IExport
{
    private readonly string _path;
    private readonly string _root;
    private readonly OutputFile _file;
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly SqliteCommand _record;
    private readonly SqliteCommand _metric;
    private readonly Dictionary<Table, SqliteCommand> _rows = [];
    private (LogFile? File, string Directory) _last = (null, string.Empty);
    private long _id;

    /// <param name="path">The database.</param>
    /// <param name="force">Whether an existing one is replaced.</param>
    /// <param name="root">The directory whose logs are exported.</param>
    /// <exception cref="ToolException">It exists, and may not be replaced.</exception>
    public SqliteExport(string path, bool force, string root)
    {
        OutputFile.Require(path, force);
        _path = path;
        _root = root;
        _file = new OutputFile(path);
        _file.Begin();
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _file.PartialPath, Pooling = false }.ToString());
        _connection.Open();
        // An incomplete file is discarded anyway, so nothing has to survive a crash.
        Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        _transaction = _connection.BeginTransaction();
        Execute(
            """
            CREATE TABLE records (id INTEGER PRIMARY KEY, time TEXT NOT NULL, unix_seconds REAL NOT NULL, run TEXT, log INTEGER NOT NULL, level TEXT, category TEXT,
                event_id INTEGER, event TEXT, thread INTEGER, message TEXT, properties TEXT, exception TEXT, rank INTEGER, directory TEXT NOT NULL);
            CREATE TABLE metrics (record INTEGER NOT NULL REFERENCES records (id), name TEXT NOT NULL, value REAL)
            """);
        _record = Insert("records", ["id", "time", "unix_seconds", "run", "log", "level", "category", "event_id", "event", "thread", "message", "properties", "exception", "rank", "directory"]);
        _metric = Insert("metrics", ["record", "name", "value"]);
        foreach (Table table in TrainingTables.All)
        {
            string columns = string.Concat(table.Columns.Select(column => $", {column.Name} {column.Type.ToString().ToUpperInvariant()}"));
            Execute($"CREATE TABLE {table.Name} (record INTEGER PRIMARY KEY REFERENCES records (id), run TEXT{columns}, rank INTEGER)");
            _rows.Add(table, Insert(table.Name, ["record", "run", .. table.Columns.Select(column => column.Name), "rank"]));
        }
    }

    public bool NeedsPreparation => false;

    public void Prepare(in StoredRecord record)
    {
    }

    public void Add(in StoredRecord record, RunName run)
    {
        string? name = run.Id is null ? null : run.ToString();
        _id++;
        Set(_record, 0, _id);
        Set(_record, 1, record.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        Set(_record, 2, (record.Time - DateTime.UnixEpoch).TotalSeconds);
        Set(_record, 3, name);
        Set(_record, 4, record.Log);
        Set(_record, 5, record.TryGetOwn("level"u8, out StoredField level) ? level.GetText() : null);
        Set(_record, 6, record.Category);
        Set(_record, 7, record.EventId);
        Set(_record, 8, record.EventName);
        Set(_record, 9, record.Thread);
        Set(_record, 10, record.GetMessage());
        Set(_record, 11, record.TryGetOwn("properties"u8, out StoredField properties) ? properties.GetText() : null);
        Set(_record, 12, record.TryGetOwn("exception"u8, out StoredField exception) ? exception.GetText() : null);
        Set(_record, 13, run.Rank);
        Set(_record, 14, DirectoryOf(record.File));
        _record.ExecuteNonQuery();
        if (TrainingTables.ByEvent.TryGetValue(record.TrainingEvent, out Table? table))
        {
            AddRow(table, record, name, run.Rank);
            if (table.HasMetrics && record.TryGet("Metrics"u8, out StoredField metrics))
            {
                AddMetrics(metrics);
            }
        }
    }

    public IReadOnlyList<string> Complete()
    {
        Execute("CREATE INDEX records_time ON records (time); CREATE INDEX records_event ON records (event_id, run); CREATE INDEX records_level ON records (level); CREATE INDEX metrics_record ON metrics (record); CREATE INDEX metrics_name ON metrics (name)");
        foreach (Table table in TrainingTables.All.Where(table => table.Columns.Any(column => column.Name == "step")))
        {
            Execute($"CREATE INDEX {table.Name}_step ON {table.Name} (run, step)");
        }

        Execute($"CREATE VIEW {MergedSteps.Name} AS {MergedSteps.Select(column => $"typeof({column}) <> 'text'")}");
        _transaction.Commit();
        Close();
        _file.Complete();
        return [$"{_path}: {_id} records"];
    }

    public void Dispose()
    {
        Close();
        _file.Dispose();
    }

    // Relative to the directory that was given.
    private string DirectoryOf(LogFile file)
    {
        if (!ReferenceEquals(file, _last.File))
        {
            _last = (file, Path.GetRelativePath(_root, Path.GetDirectoryName(file.Path)!));
        }

        return _last.Directory;
    }

    private void AddRow(Table table, in StoredRecord record, string? run, long? rank)
    {
        SqliteCommand row = _rows[table];
        Set(row, 0, _id);
        Set(row, 1, run);
        for (int i = 0; i < table.Columns.Length; i++)
        {
            Set(row, i + 2, record.TryGet(table.Columns[i].Utf8Property, out StoredField field) ? Read(field) : null);
        }

        Set(row, table.Columns.Length + 2, rank);
        row.ExecuteNonQuery();
    }

    private void AddMetrics(in StoredField metrics)
    {
        foreach (StoredField metric in metrics.GetFields())
        {
            Set(_metric, 0, _id);
            Set(_metric, 1, metric.GetName());
            Set(_metric, 2, Read(metric));
            _metric.ExecuteNonQuery();
        }
    }

    // NaN and infinities stay texts, because SQLite converts NaN to null.
    private static object? Read(in StoredField field) => field.Kind switch
    {
        JsonTokenType.True => 1L,
        JsonTokenType.False => 0L,
        JsonTokenType.Number when field.TryGetInt64(out long integer) => integer,
        JsonTokenType.Number when field.TryGetDouble(out double number) => number,
        _ => field.GetText(),
    };

    private static void Set(SqliteCommand command, int parameter, object? value) => command.Parameters[parameter].Value = value ?? DBNull.Value;

    private SqliteCommand Insert(string table, IReadOnlyList<string> columns)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(column => "$" + column))})";
        foreach (string column in columns)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + column });
        }

        return command;
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Close()
    {
        foreach (SqliteCommand command in _rows.Values.Append(_record).Append(_metric))
        {
            command.Dispose();
        }

        _transaction.Dispose();
        _connection.Dispose();
    }
}
