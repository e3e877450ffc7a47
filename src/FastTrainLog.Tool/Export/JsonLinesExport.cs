using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Export;

/// <summary>A log as JSON lines: those of all files and processes in one, in the order of time.</summary>
internal sealed class JsonLinesExport : IExport
{
    private readonly string _path;
    private readonly OutputFile? _file;
    private readonly BufferedStream _stream;
    private long _lines;

    /// <param name="path">The file, or <c>-</c> for standard output.</param>
    /// <param name="force">Whether a file that is there already is replaced.</param>
    /// <exception cref="ToolException">It is there, and may not be replaced.</exception>
    public JsonLinesExport(string path, bool force)
    {
        _path = path;
        if (path != "-")
        {
            OutputFile.Require(path, force);
            _file = new OutputFile(path);
        }

        _stream = new BufferedStream(_file?.Create() ?? Console.OpenStandardOutput(), 64 * 1024);
    }

    public bool NeedsPreparation => false;

    public void Prepare(in StoredRecord record)
    {
    }

    public void Add(in StoredRecord record, string? run)
    {
        _stream.Write(record.Utf8Json);
        _stream.WriteByte((byte)'\n');
        _lines++;
    }

    public IReadOnlyList<string> Complete()
    {
        _stream.Dispose();
        _file?.Complete();
        return _file is null ? [] : [$"{_path}: {_lines} lines"];
    }

    public void Dispose()
    {
        _stream.Dispose();
        _file?.Dispose();
    }
}
