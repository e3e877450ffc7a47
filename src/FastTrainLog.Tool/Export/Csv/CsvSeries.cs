using System.Globalization;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Indexing;

namespace FastTrainLog.Tool.Export.Csv;

/// <summary>The series of runs as a CSV file, with a row for each step of each series.</summary>
internal sealed class CsvSeries : IMergedExport
{
    private readonly string _path;
    private readonly OutputFile _file;
    private readonly CsvWriter _writer;
    private string _run = string.Empty;

    /// <param name="path">The directory of the file; or a file whose name ends in .csv.</param>
    /// <param name="force">Whether an existing file is replaced.</param>
    /// <exception cref="ToolException">It exists, and may not be replaced.</exception>
    public CsvSeries(string path, bool force)
    {
        _path = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? path : Path.Combine(path, "merged_series.csv");
        OutputFile.Require(_path, force);
        _file = new OutputFile(_path);
        _writer = new CsvWriter(_file.Create());
        foreach (string name in new[] { "time", "run", "series", "step", "mean", "minimum", "maximum", "count", "non_finite" })
        {
            _writer.AddText(name);
        }

        _writer.EndRow();
    }

    public void Begin(RunName run, DateTime start, int ranks) => _run = run.ToString();

    public void Add(string series, DateTime time, in IndexedBucket step)
    {
        AddNumber(time, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        _writer.AddText(_run);
        _writer.AddText(series);
        AddNumber(step.FirstStep);
        AddNumber(step.Mean, "R");
        AddNumber(step.Minimum, "R");
        AddNumber(step.Maximum, "R");
        AddNumber(step.Count);
        AddNumber(step.NonFiniteCount);
        _writer.EndRow();
    }

    public IReadOnlyList<string> Complete()
    {
        _writer.Dispose();
        _file.Complete();
        return [$"{_path}: {_writer.Rows - 1} rows"];
    }

    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    private void AddNumber<T>(T number, string? format = null)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[32];
        number.TryFormat(text, out int length, format, CultureInfo.InvariantCulture);
        _writer.Add(text[..length]);
    }
}
