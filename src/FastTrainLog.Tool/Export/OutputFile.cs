namespace FastTrainLog.Tool.Export;

/// <summary>A file that stands under its name only once it is whole; before that it is <c>NAME.partial</c>.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private bool _completed;

    public OutputFile(string path)
    {
        _path = path;
        PartialPath = path + ".partial";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.Delete(PartialPath);
    }

    public string PartialPath { get; }

    /// <summary>Refuses a file that is there already, unless it may be replaced.</summary>
    /// <exception cref="ToolException">It is there.</exception>
    public static void Require(string path, bool force)
    {
        if (!force && Path.Exists(path))
        {
            throw new ToolException($"'{path}' is there already: name another one, or replace it with --force.");
        }
    }

    public FileStream Create() => new(PartialPath, FileMode.Create, FileAccess.Write, FileShare.Read);

    /// <summary>Gives the file its name; it must be closed.</summary>
    public void Complete()
    {
        File.Move(PartialPath, _path, overwrite: true);
        _completed = true;
    }

    public void Dispose()
    {
        if (!_completed)
        {
            File.Delete(PartialPath);
        }
    }
}
