namespace FastTrainLog.Packaging.Tests;

/// <summary>A folder outside the repository, whose projects know the library by its packages alone.</summary>
internal sealed class UserFolder : IDisposable
{
    public UserFolder(Packages packages) => Write(packages.Configuration, "NuGet.Config");

    public string Root { get; } = Directory.CreateTempSubdirectory("fasttrainlog-user-").FullName;

    /// <summary>Returns the path of a file or folder.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Writes a file, with its folder.</summary>
    public void Write(string content, params string[] parts)
    {
        string path = PathOf(parts);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
