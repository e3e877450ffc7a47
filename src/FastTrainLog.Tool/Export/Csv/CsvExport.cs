using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Analysis.Tables;

namespace FastTrainLog.Tool.Export.Csv;

/// <summary>A log as CSV files: one for each table in a directory, or the steps alone in a file.</summary>
internal sealed class CsvExport : IExport
{
    private readonly Dictionary<Table, CsvTable> _tables = [];
    private readonly string _path;

    /// <param name="path">The directory; or a file whose name ends in .csv, for the steps alone.</param>
    /// <param name="force">Whether what is there already is replaced.</param>
    /// <exception cref="ToolException">Something is there, and may not be replaced.</exception>
    public CsvExport(string path, bool force)
    {
        _path = path;
        bool stepsOnly = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        foreach (Table table in TrainingTables.All.Where(table => !stepsOnly || table.Name == "steps"))
        {
            string file = stepsOnly ? path : Path.Combine(path, table.Name + ".csv");
            OutputFile.Require(file, force);
            _tables.Add(table, new CsvTable(table, file));
        }
    }

    public bool NeedsPreparation => true;

    public void Prepare(in StoredRecord record)
    {
        if (Find(record) is { } table && table.Table.HasMetrics)
        {
            table.Csv.Prepare(record);
        }
    }

    public void Add(in StoredRecord record, RunName run) => Find(record)?.Csv.Add(record, run);

    public IReadOnlyList<string> Complete()
    {
        var written = new List<string>();
        foreach ((Table table, CsvTable csv) in _tables)
        {
            long rows = csv.Complete();
            if (rows > 0)
            {
                written.Add($"{(_tables.Count == 1 ? _path : Path.Combine(_path, table.Name + ".csv"))}: {rows} rows");
            }

            if (csv.LateMetrics > 0)
            {
                written.Add($"{csv.LateMetrics} values of metrics that appeared during the export have no column: export again to include them.");
            }
        }

        return written;
    }

    public void Dispose()
    {
        foreach (CsvTable table in _tables.Values)
        {
            table.Dispose();
        }
    }

    private (Table Table, CsvTable Csv)? Find(in StoredRecord record) =>
        TrainingTables.ByEvent.TryGetValue(record.TrainingEvent, out Table? table) && _tables.TryGetValue(table, out CsvTable? csv) ? (table, csv) : null;
}
