using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>Which thread has the slot that a call looks at first, and that nothing is lost when one comes to it or leaves it.</summary>
public sealed class ThreadInFrontTests
{
    // As the child says them: a thread logs the numbers from 0 up to it, once or more.
    private const int SomePages = 5000;

    [Fact]
    public void The_first_thread_that_fills_pages_is_in_front_until_it_ends()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Stacks are looked up on Linux alone; elsewhere thread-local storage is asked.");
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start("in-front", directory, 0, threads: 0, 0);
        Assert.Equal("True False False True", child.Process.StandardOutput.ReadToEnd().Trim());
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, child.Process.ExitCode);

        List<long>[] threads = [.. LogFiles.ReadText(directory).Values];
        Assert.Equal(2, threads.Length);
        Assert.All(threads, numbers => Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => (long)(i % SomePages)), numbers));
        Assert.All(threads, numbers => Assert.Equal(0, numbers.Count % SomePages));
        KilledLogs.Delete(directory);
    }
}
