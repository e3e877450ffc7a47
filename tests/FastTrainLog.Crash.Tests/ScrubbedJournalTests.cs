using System.Text;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>What a killed process was to mask in its texts, a recovery masks, whatever the options of its own process are; or it writes nothing.</summary>
public sealed class ScrubbedJournalTests : IDisposable
{
    // In every second record of the child.
    private const string Pattern = "sh[o]rt";
    private const string Text = "short";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-scrubbed-").FullName;

    public ScrubbedJournalTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the journal is found as on Linux");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_recovered_is_masked(bool filesChangeMeanwhile)
    {
        using Child child = KillOne();
        Assert.Contains(Text, File.ReadAllText(Assert.Single(LogFiles.Journals(_directory)), Encoding.Unicode));
        if (filesChangeMeanwhile)
        {
            File.AppendAllText(Path.Combine(_directory, "run.jsonl"), "{\"event\":\"Another\"}\n");
        }

        Assert.NotEqual(0, Assert.Single(LogFiles.Recover(_directory)).Records);
        LogFiles.AssertComplete(_directory, [(0, child.Returned())], cutLines: filesChangeMeanwhile ? 1 : 0);
        Assert.All(Directory.GetFiles(_directory, "*.*l*"), file => Assert.DoesNotContain(Text, File.ReadAllText(file)));
    }

    [Fact]
    public void Where_the_journal_no_longer_says_what_is_to_be_masked_nothing_of_it_is_written()
    {
        using Child child = KillOne();
        string journal = Assert.Single(LogFiles.Journals(_directory));
        byte[] bytes = File.ReadAllBytes(journal);
        bytes[bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Pattern))] ^= 1;
        LogFiles.WritePrivate(journal, bytes);
        RecoveredJournal recovered = Assert.Single(LogFiles.Recover(_directory));
        Assert.Equal(0, recovered.Records);
        Assert.Contains("something is to be masked", Assert.Single(recovered.Problems));
        Assert.Equal([journal], LogFiles.Journals(_directory));
        File.Delete(journal);
    }

    private Child KillOne()
    {
        var child = Child.Start("forever", _directory, 0, threads: 2, long.MaxValue, flushInterval: TimeSpan.FromSeconds(30), environment: ("FASTTRAINLOG_SCRUB_PATTERN", Pattern));
        Assert.True(Eventually.Is(() => child.Returned()[0] > 500, Longest));
        child.Process.Kill();
        child.Process.WaitForExit();
        return child;
    }
}
