using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A log directory whose file system fails, or does not answer, for the processes that are started with it, as long as it is told to.</summary>
internal sealed class TroubledLogs : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("fasttrainlog-troubled-").FullName;
    private readonly string _trouble;
    private readonly string? _library;

    public TroubledLogs(FileChangesLibrary library)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files are watched, and processes ended, as on Linux");
        (_library, Directory, _trouble) = (library.Path, Path.Combine(_directory, "logs"), Path.Combine(_directory, "trouble"));
        System.IO.Directory.CreateDirectory(Directory);
        // A process of another user writes there, too.
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(Directory, (UnixFileMode)0x1FF);
    }

    public string Directory { get; }

    /// <summary>Gets the environment of the processes.</summary>
    public (string Name, string Value)[] Environment => [.. Watching(Directory), ("FILES_TROUBLE", _trouble)];

    /// <summary>Returns the environment of a process that is killed at a change of a file.</summary>
    /// <param name="below">The file, or the directory that it is in.</param>
    /// <param name="change">At which change.</param>
    /// <param name="how">When, as <c>filechanges.c</c> says.</param>
    public (string Name, string Value)[] Killing(string below, int change, string how) => [.. Watching(below), ("FILES_KILL", $"{change}"), ("FILES_KILL_HOW", how)];

    /// <summary>Begins the trouble: the number of an error, or "hang".</summary>
    public void Begin(string trouble)
    {
        // At once, as it has to be read whole.
        File.WriteAllText(_trouble + ".new", trouble);
        File.Move(_trouble + ".new", _trouble);
    }

    public void End() => File.Delete(_trouble);

    public void Dispose() => KilledLogs.Delete(_directory);

    private (string Name, string Value)[] Watching(string below)
    {
        Assert.SkipWhen(_library is null, "no C compiler: nothing watches the files");
        return [("LD_PRELOAD", _library), ("FILES_BELOW", below)];
    }
}
