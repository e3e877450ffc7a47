using FastTrainLog.Dashboard.Logs;
using Xunit;

namespace FastTrainLog.Dashboard.Tests;

/// <summary>What the system tells of the files of logs, and how long it is believed.</summary>
public sealed class FileChangesTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_log_that_is_written_anywhere_below_the_directory_is_told()
    {
        using var root = new TestDirectory();
        string log = Directory.CreateDirectory(Path.Combine(root.Path, "a", "b")).FullName;
        using var changes = new FileChanges([root.Path]);
        changes.Start();
        Assert.SkipUnless(changes.AreTold, "the system watches no more directories for this user");
        Assert.False(changes.Take());

        await File.WriteAllTextAsync(Path.Combine(log, "run.jsonl"), "{}\n", TestContext.Current.CancellationToken);

        await changes.WaitAsync(Longest, TestContext.Current.CancellationToken);
        Assert.True(changes.Take());
    }

    [Fact]
    public void What_keeps_missing_changes_is_believed_no_more()
    {
        using var root = new TestDirectory();
        using var changes = new FileChanges([root.Path]);
        changes.Start();
        Assert.SkipUnless(changes.AreTold, "the system watches no more directories for this user");

        changes.Confirm(wasTold: false, isFound: true);
        changes.Confirm(wasTold: false, isFound: true);
        changes.Confirm(wasTold: true, isFound: true);
        changes.Confirm(wasTold: false, isFound: true);
        changes.Confirm(wasTold: false, isFound: false);
        changes.Confirm(wasTold: false, isFound: true);
        Assert.True(changes.AreTold);
        changes.Confirm(wasTold: false, isFound: true);
        Assert.False(changes.AreTold);
    }
}
