namespace FastTrainLog.Tool.Export;

/// <summary>A file that gets its name only when it is complete; before that it is <c>NAME.partial</c>.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private bool _begun;
    private bool _completed;

    public OutputFile(string path)
    {
        _path = path;
        PartialPath = path + ".partial";
    }

    public string PartialPath { get; }

    /// <summary>Rejects an existing file, unless it may be replaced.</summary>
    /// <exception cref="ToolException">It is there.</exception>
    public static void Require(string path, bool force)
    {
        if (!force && Path.Exists(path))
        {
            throw new ToolException($"'{path}' is there already: name another one, or replace it with --force.");
        }
    }

    /// <summary>Creates its directory, and deletes what a killed command left in its place.</summary>
    public void Begin()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        File.Delete(PartialPath);
        _begun = true;
    }

    public FileStream Create()
    {
        Begin();
        return new FileStream(PartialPath, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Gives the file its name; it must be closed.</summary>
    public void Complete()
    {
        File.Move(PartialPath, _path, overwrite: true);
        _completed = true;
    }

    public void Dispose()
    {
        if (_begun && !_completed)
        {
            File.Delete(PartialPath);
        }
    }
}
