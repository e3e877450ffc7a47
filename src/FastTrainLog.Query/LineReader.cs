using DuckDB.NET.Data;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Analysis.Tables;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Export;
using FastTrainLog.Tool.Export.Parquet;
using FastTrainLog.Tool.Rendering;
using FastTrainLog.Training;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Query;

/// <summary>Reads the lines of logs into tables; of repeated steps the last ones are used.</summary>
internal sealed class LineReader(DuckDBConnection connection, IReadOnlyList<LineTable> tables, ExportedRuns runs, IReadOnlySet<string> others)
{
    private readonly Dictionary<Table, LineTable> _bySource = tables.Where(table => table.Source is not null).ToDictionary(table => table.Source!);
    private readonly LineTable? _metrics = tables.FirstOrDefault(table => table.Source is null);

    /// <summary>Reads the logs.</summary>
    public void Read(TextWriter error, CancellationToken cancellation)
    {
        IReadOnlyList<string> logs = runs.Logs;
        for (int log = 0; log < logs.Count; log++)
        {
            var superseded = new Supersession();
            Read(logs[log], log, superseded, LinesOf(logs[log], error, cancellation), error, cancellation);
            if (superseded.IsNeeded)
            {
                foreach (LineTable table in tables)
                {
                    using DuckDBCommand command = connection.CreateCommand();
                    command.CommandText = $"DELETE FROM {table.Name} WHERE _log = {log}";
                    command.ExecuteNonQuery();
                }

                superseded.Restart();
                Read(logs[log], log, superseded, plan: null, TextWriter.Null, cancellation);
            }
        }
    }

    // Most lines are steps: a statement that does not name them reads the few others, once there is an index.
    private LinePlan? LinesOf(string directory, TextWriter error, CancellationToken cancellation)
    {
        if (_metrics is not null || _bySource.Keys.Any(table => TrainingTables.ByEvent.GetValueOrDefault(TrainingEvents.Step) == table))
        {
            return null;
        }

        try
        {
            using LogIndex? index = LogIndex.Open(directory);
            using var progress = new ReadingProgress(error);
            index?.Update(progress.Show, cancellation);
            return index?.LinesOf(new LineSelection(kind => TrainingTables.ByEvent.TryGetValue(kind.EventId, out Table? table) && _bySource.ContainsKey(table), static _ => true), isStepwise: true);
        }
        catch (SqliteException)
        {
            // Another process locks it for long.
            return null;
        }
    }

    private void Read(string directory, int log, Supersession superseded, LinePlan? plan, TextWriter error, CancellationToken cancellation)
    {
        using var progress = new ReadingProgress(error);
        using var reader = new LogReader(directory, plan);
        var appenders = new Dictionary<LineTable, DuckDBAppender>();
        try
        {
            var tracker = new RunTracker();
            for (long count = 1; reader.Read(); count++)
            {
                StoredRecord record = reader.Current;
                RunName run = tracker.RunOf(record);
                if (superseded.Takes(run, record) && TrainingTables.ByEvent.TryGetValue(record.TrainingEvent, out Table? source))
                {
                    Add(appenders, log, source, record, runs.NameIn(directory, run));
                }

                if (count % 256 == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Show(reader.BytesRead, reader.TotalBytes);
                }
            }
        }
        finally
        {
            foreach (DuckDBAppender appender in appenders.Values)
            {
                appender.Dispose();
            }
        }

        if (reader.Unreadable.Count > 0)
        {
            error.WriteLine(ShownText.Of($"{directory}: {reader.Unreadable.Count} lines could not be read and are skipped."));
        }
    }

    private void Add(Dictionary<LineTable, DuckDBAppender> appenders, int log, Table source, in StoredRecord record, RunName? told)
    {
        string? name = told?.Id is null ? null : told.ToString();
        if (told is not { } run || (name is not null && others.Contains(name)))
        {
            return;
        }

        if (_bySource.TryGetValue(source, out LineTable? table))
        {
            Append(appenders, table, log, name, ParquetTable.RowOf(source, record, run.Rank));
        }

        if (_metrics is not null)
        {
            foreach (object?[] metric in ParquetTable.MetricsOf(source, record, run.Rank))
            {
                Append(appenders, _metrics, log, name, metric);
            }
        }
    }

    private void Append(Dictionary<LineTable, DuckDBAppender> appenders, LineTable table, int log, string? run, object?[] values)
    {
        if (!appenders.TryGetValue(table, out DuckDBAppender? appender))
        {
            appenders.Add(table, appender = connection.CreateAppender("lines", table.Table.Name));
        }

        IDuckDBAppenderRow row = appender.CreateRow().AppendValue(log).AppendValue(run);
        foreach (object? value in values)
        {
            row = value switch
            {
                null => row.AppendNullValue(),
                long number => row.AppendValue(number),
                double number => row.AppendValue(number),
                DateTime time => row.AppendValue(time),
                _ => row.AppendValue((string)value),
            };
        }

        row.EndRow();
    }
}
