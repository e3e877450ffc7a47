using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Reading;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Tool.Export;

/// <summary>A log as JSON lines: those of all files and processes in one, in the order of time.</summary>
internal sealed class JsonLinesExport : IExport
{
    private readonly string _path;
    private readonly OutputFile? _file;
    private readonly BufferedStream _stream;
    private readonly Utf8Buffer _line = new();
    private long _lines;

    /// <param name="path">The file, or <c>-</c> for standard output.</param>
    /// <param name="force">Whether an existing file is replaced.</param>
    /// <exception cref="ToolException">It exists, and may not be replaced.</exception>
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

    public void Add(in StoredRecord record, RunName run)
    {
        if (_file is null)
        {
            // Standard output may be a terminal.
            _line.Clear();
            EscapedText.Append<JsonEscape>(_line, record.Utf8Json);
            _stream.Write(_line.Written);
        }
        else
        {
            _stream.Write(record.Utf8Json);
        }

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
