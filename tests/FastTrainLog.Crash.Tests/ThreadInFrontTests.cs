using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>Which thread has the slot that a call looks at first. What threads log that come to it and leave it, the kill tests count.</summary>
public sealed class ThreadInFrontTests
{
    [Fact]
    public void The_first_thread_that_fills_pages_is_in_front_until_it_ends()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Stacks are looked up on Linux alone; elsewhere thread-local storage is asked.");
        string directory = Directory.CreateTempSubdirectory("fasttrainlog-crash-").FullName;
        using Child child = Child.Start("in-front", directory, 0, threads: 0, 0);
        Assert.Equal("True False False True", child.Process.StandardOutput.ReadToEnd().Trim());
        Assert.True(child.Process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, child.Process.ExitCode);
        Directory.Delete(directory, recursive: true);
    }
}
