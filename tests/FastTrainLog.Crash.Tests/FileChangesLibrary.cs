using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Crash.Tests;

/// <summary>The library built from <c>filechanges.c</c>, once for all tests of a class.</summary>
public sealed class FileChangesLibrary : IDisposable
{
    private readonly NativeSource _source = new("filechanges.c");

    /// <summary>Gets its path; null where there is no compiler.</summary>
    public string? Path => _source.Result;

    public void Dispose() => _source.Dispose();
}
