using FastTrainLog.Recovery;
using Xunit;

namespace FastTrainLog.Tool.Tests.Recover;

/// <summary><c>fasttrainlog recover</c>, after a process that was really killed.</summary>
public sealed class RecoverTests : IDisposable
{
    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Records_of_a_killed_process_are_in_the_files_exactly_once_after_recover()
    {
        long returned = Kill();

        (int code, string output, string error) = ToolRun.Of("recover", _log.Path + "/");

        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Matches(@"^Recovered \d+ records of process \d+\.\s*$", output);
        List<long> numbers = Numbers();
        // The last call may have committed its record and not have returned.
        Assert.InRange(numbers.Count, returned, returned + 1);
        Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => (long)i), numbers);
    }

    [Fact]
    public void Recovering_again_changes_nothing()
    {
        Kill();
        Assert.Equal(0, ToolRun.Of("recover", _log.Path).Code);
        Dictionary<string, string> before = Contents();

        (int code, string output, _) = ToolRun.Of("recover", _log.Path);

        Assert.Equal(0, code);
        Assert.Contains("nothing to recover", output);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void A_damaged_journal_gives_what_is_whole_and_is_told_with_code_1()
    {
        Kill();
        string journal = JournalRecovery.FindPending(_log.Path).Single().Path;
        using (FileStream stream = File.Open(journal, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(stream.Length - 4096);
        }

        (int code, string output, _) = ToolRun.Of("recover", _log.Path);

        Assert.Equal(1, code);
        Assert.Contains("problem: the file has", output);
        Assert.NotEmpty(Numbers());
    }

    [Fact]
    public void A_directory_without_a_journal_is_left_without_a_file()
    {
        (int code, string output, _) = ToolRun.Of("recover", _log.Path);

        Assert.Equal(0, code);
        Assert.Contains("nothing to recover", output);
        Assert.Empty(Directory.GetFileSystemEntries(_log.Path));
    }

    private long Kill()
    {
        using var run = CrashedRun.Start(_log.Path, "forever");
        run.KillAfter(records: 2000);
        long returned = run.Returned;
        File.Delete(_log.PathOf(".progress"));
        return returned;
    }

    private List<long> Numbers()
    {
        using var reader = new FastTrainLog.Reading.LogReader(_log.Path);
        var numbers = new List<long>();
        while (reader.Read())
        {
            if (reader.Current.EventName == "Numbered")
            {
                numbers.Add(reader.Current.GetInt64("Number"u8)!.Value);
            }
        }

        Assert.Equal(0, reader.Unreadable.Count);
        return numbers;
    }

    private Dictionary<string, string> Contents() => Directory.GetFiles(_log.Path).ToDictionary(file => file, File.ReadAllText);
}
