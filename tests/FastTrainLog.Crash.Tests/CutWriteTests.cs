using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A kill in the middle of a write, at one that is chosen: what is in the file behind the last checkpoint is the process's own, so no line stays cut short.</summary>
/// <remarks>Whether a write is noted before it begins, <see cref="JournalOrderTests"/> sees only if it gets a core to look from; this sees it on any machine.</remarks>
public sealed class CutWriteTests(FileChangesLibrary library) : IClassFixture<FileChangesLibrary>
{
    [Theory]
    [InlineData("run.jsonl")]
    [InlineData("training_progress.log")]
    public void Half_of_a_write_is_written_again_and_not_left_behind(string file)
    {
        Assert.SkipWhen(library.Path is null, "no C compiler: no process is killed in the middle of a write");
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-cut-").FullName;
        // The first change creates the file.
        using (Child child = Child.Start(
            "forever", directory, 0, threads: 1, long.MaxValue, environment: [("LD_PRELOAD", library.Path), ("FILES_BELOW", Path.Combine(directory, file)), ("FILES_KILL", "3"), ("FILES_KILL_HOW", "half")]))
        {
            Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(2)));
            Assert.Equal(137, child.Process.ExitCode);
            Assert.Empty(Assert.Single(LogFiles.Recover(directory)).Problems);
            LogFiles.AssertComplete(directory, [(0, child.Returned())], cutLines: 0);
        }

        KilledLogs.Delete(directory);
    }
}
