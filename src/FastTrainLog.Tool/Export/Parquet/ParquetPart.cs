using Parquet;
using Parquet.Schema;

namespace FastTrainLog.Tool.Export.Parquet;

/// <summary>Writes a Parquet file by row groups, compressed with Zstandard.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class ParquetPart : IDisposable
{
    private readonly ParquetTable _table;
    private readonly OutputFile _file;
    private readonly FileStream _stream;
    private readonly ParquetWriter _writer;
    private bool _isClosed;

    public ParquetPart(ParquetTable table, string path)
    {
        _table = table;
        Path = path;
        _file = new OutputFile(path);
        _stream = _file.Create();
        _writer = Wait(ParquetWriter.CreateAsync(table.Schema, _stream, new ParquetOptions { CompressionMethod = CompressionMethod.Zstd }));
    }

    public string Path { get; }

    /// <summary>Gets the number of its rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Gets the lowest step of its rows; null if they have none.</summary>
    public long? FirstStep { get; private set; }

    /// <summary>Gets the highest.</summary>
    public long? LastStep { get; private set; }

    /// <summary>Writes a row group.</summary>
    public void Write(List<object?[]> rows)
    {
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        DataField[] columns = _table.Schema.DataFields;
        for (int i = 0; i < columns.Length; i++)
        {
            Write(group, columns[i], rows, i);
        }

        group.CompleteValidate();
        Rows += rows.Count;
        if (_table.StepColumn is var column and >= 0)
        {
            long?[] steps = [FirstStep, LastStep, .. rows.Select(row => (long?)row[column])];
            (FirstStep, LastStep) = (steps.Min(), steps.Max());
        }
    }

    /// <summary>Writes the end of the file; <see cref="Complete"/> then gives it its name.</summary>
    public void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Wait(_writer.DisposeAsync().AsTask());
            _stream.Dispose();
        }
    }

    public void Complete()
    {
        Close();
        _file.Complete();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private static void Write(ParquetRowGroupWriter group, DataField column, List<object?[]> rows, int index)
    {
        switch (column)
        {
            case DateTimeDataField:
                Wait(group.WriteAsync<DateTime>(column, rows.Select(row => (DateTime)row[index]!).ToArray()));
                break;
            case DataField<long?>:
                Wait(group.WriteAsync<long>(column, rows.Select(row => (long?)row[index]).ToArray()));
                break;
            case DataField<double?>:
                Wait(group.WriteAsync<double>(column, rows.Select(row => (double?)row[index]).ToArray()));
                break;
            default:
                Wait(group.WriteAsync(column, [.. rows.Select(row => (string?)row[index])]));
                break;
        }
    }

    // The package has only asynchronous writes; those to a file complete immediately or on a thread of the pool, so waiting cannot deadlock.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
