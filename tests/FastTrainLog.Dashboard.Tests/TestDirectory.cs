namespace FastTrainLog.Dashboard.Tests;

/// <summary>A temporary directory.</summary>
internal sealed class TestDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
