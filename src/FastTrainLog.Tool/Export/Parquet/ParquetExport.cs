using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Tables;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Export.Parquet;

/// <summary>Exports a log as Parquet files with Hive partitioning: <c>TABLE/run=NAME/part-00000.parquet</c>.</summary>
/// <remarks>
/// Rows are kept in memory until a table has enough for a row group, or there are too many in total. Few files are open at a time, and a file with many rows
/// is followed by the next part.
/// </remarks>
internal sealed class ParquetExport : IExport, IMergedExport
{
    private const int RowsOfGroup = 65_536;
    private const long RowsOfPart = 4_000_000;
    private const int MostWaiting = 262_144;
    private const int MostOpen = 32;

    private readonly string _directory;
    private readonly bool _force;
    private readonly Dictionary<(ParquetTable Table, RunName Run), Partition> _partitions = [];
    private readonly LinkedList<Partition> _open = [];
    private int _waiting;
    private RunName _run;

    /// <param name="directory">The directory, which may already contain other runs.</param>
    /// <param name="force">Whether a run's existing files are replaced.</param>
    public ParquetExport(string directory, bool force)
    {
        if (File.Exists(directory))
        {
            throw new ToolException($"'{directory}' is a file: name a directory, which gets one for each table.");
        }

        _directory = directory;
        _force = force;
    }

    public bool NeedsPreparation => false;

    /// <summary>Gets the files so far, those of a table and a run in their order.</summary>
    public IEnumerable<(RunName Run, ParquetTable Table, ParquetPart Part)> Parts => _partitions.SelectMany(static partition => partition.Value.Parts.Select(part => (partition.Key.Run, partition.Key.Table, part)));

    public void Prepare(in StoredRecord record)
    {
    }

    public void Add(in StoredRecord record, RunName run)
    {
        if (!TrainingTables.ByEvent.TryGetValue(record.TrainingEvent, out Table? table))
        {
            return;
        }

        Add(ParquetTable.All[table], run, ParquetTable.RowOf(table, record, run.Rank));
        foreach (object?[] metric in ParquetTable.MetricsOf(table, record, run.Rank))
        {
            Add(ParquetTable.ForMetrics, run, metric);
        }
    }

    public void Begin(RunName run, DateTime start, int ranks) => _run = run;

    public void Add(string series, DateTime time, in IndexedBucket step) =>
        Add(ParquetTable.ForMergedSeries, _run, [time, series, step.FirstStep, step.Mean, step.Minimum, step.Maximum, step.Count, step.NonFiniteCount]);

    public IReadOnlyList<string> Complete()
    {
        foreach (Partition partition in _partitions.Values)
        {
            Write(partition);
            partition.Complete();
        }

        return _partitions.Count == 0 ? ["The log contains no record of a training, so nothing was written."]
            : [.. _partitions.GroupBy(pair => pair.Key.Table.Name).OrderBy(table => table.Key, StringComparer.Ordinal).Select(table =>
                $"{Path.Combine(_directory, table.Key)}: {table.Sum(pair => pair.Value.Rows)} rows in {table.Sum(pair => pair.Value.Parts.Count)} files")];
    }

    public void Dispose()
    {
        foreach (Partition partition in _partitions.Values)
        {
            partition.Dispose();
        }
    }

    private void Add(ParquetTable table, RunName run, object?[] row)
    {
        if (!_partitions.TryGetValue((table, run), out Partition? partition))
        {
            _partitions.Add((table, run), partition = new Partition(table, Path.Combine(_directory, table.Name, HivePartition.NameOf(run)), _force));
        }

        partition.Waiting.Add(row);
        if (partition.Waiting.Count >= RowsOfGroup)
        {
            Write(partition);
        }
        else if (++_waiting > MostWaiting)
        {
            Write(_partitions.Values.MaxBy(other => other.Waiting.Count)!);
        }
    }

    private void Write(Partition partition)
    {
        if (partition.Waiting.Count == 0)
        {
            return;
        }

        if (_open.Remove(partition) is false && _open.Count == MostOpen)
        {
            _open.First!.Value.Close();
            _open.RemoveFirst();
        }

        partition.Write(RowsOfPart);
        _open.AddLast(partition);
        _waiting = _partitions.Values.Sum(other => other.Waiting.Count);
    }

    /// <summary>The files of a table for a run.</summary>
    private sealed class Partition : IDisposable
    {
        private readonly ParquetTable _table;
        private readonly string _directory;
        private readonly string[] _replaced;
        private ParquetPart? _current;

        public Partition(ParquetTable table, string directory, bool force)
        {
            _table = table;
            _directory = directory;
            _replaced = Directory.Exists(directory) ? Directory.GetFiles(directory, "*.parquet") : [];
            if (_replaced.Length > 0)
            {
                OutputFile.Require(_replaced[0], force);
            }
        }

        public List<object?[]> Waiting { get; private set; } = [];

        public List<ParquetPart> Parts { get; } = [];

        public long Rows => Parts.Sum(part => part.Rows);

        public void Write(long rowsOfPart)
        {
            if (_current is null)
            {
                _current = new ParquetPart(_table, Path.Combine(_directory, $"part-{Parts.Count:D5}.parquet"));
                Parts.Add(_current);
            }

            _current.Write(Waiting);
            Waiting = [];
            if (_current.Rows >= rowsOfPart)
            {
                Close();
            }
        }

        /// <summary>Ends the current part: later rows are written to another one.</summary>
        public void Close()
        {
            _current?.Close();
            _current = null;
        }

        public void Complete()
        {
            Parts.ForEach(part => part.Complete());
            foreach (string old in _replaced.Where(old => !Parts.Exists(part => part.Path == old)))
            {
                File.Delete(old);
            }
        }

        public void Dispose() => Parts.ForEach(part => part.Dispose());
    }
}
