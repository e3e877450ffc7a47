using System.Runtime.InteropServices;
using FastTrainLog.Files;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using Xunit;

namespace FastTrainLog.Tests.Files;

/// <summary>A lock ends with its owner, also while a process is being started, which has a copy of every open file until its program begins.</summary>
public sealed partial class LockedFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public LockedFileTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The copies of open files are found in /proc.");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_log_that_ended_leaves_its_names_to_the_next_one()
    {
        LogDirectoryClaim claim = LogDirectoryClaim.Take(_directory.Path);
        Assert.Equal(1, claim.Number);
        WithCopies(() =>
        {
            claim.Dispose();
            using LogDirectoryClaim next = LogDirectoryClaim.Take(_directory.Path);
            Assert.Equal(1, next.Number);
        });
    }

    [Fact]
    public void A_whole_log_that_ended_leaves_everything_to_the_next_one()
    {
        TrainLogging logging = Create();
        WithCopies(() =>
        {
            logging.Dispose();
            using TrainLogging next = Create();
            TestLog.Number(next.GetLogger("main"), 77);
            Assert.True(next.Flush(TimeSpan.FromMinutes(2)));
            Assert.Contains("number 77", File.ReadAllText(_directory["main.log"]), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_file_is_locked_until_it_is_disposed_of()
    {
        using OpenDirectory directory = OpenDirectory.Open(_directory.Path);
        LockedFile held = directory.CreateLocked("x.lock");
        Assert.Null(directory.TryOpenLocked("x.lock"));
        WithCopies(() =>
        {
            Assert.Null(directory.TryOpenLocked("x.lock"));
            held.Dispose();
            using LockedFile? next = directory.TryOpenLocked("x.lock");
            Assert.NotNull(next);
        });
        held.Dispose();
    }

    private TrainLogging Create() => TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_directory.Path, false));

    // As a fork makes them; they share the lock with the original.
    private void WithCopies(Action action)
    {
        int[] copies = [.. Directory.GetFiles("/proc/self/fd").Where(IsOurs).Select(path => Duplicate(int.Parse(Path.GetFileName(path), null)))];
        Assert.NotEmpty(copies);
        try
        {
            action();
        }
        finally
        {
            Array.ForEach(copies, copy => Assert.Equal(0, Close(copy)));
        }
    }

    private bool IsOurs(string path) => new FileInfo(path).LinkTarget?.StartsWith(_directory.Path + "/", StringComparison.Ordinal) == true;

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
