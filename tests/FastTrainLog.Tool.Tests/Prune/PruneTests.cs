using Xunit;

namespace FastTrainLog.Tool.Tests.Prune;

/// <summary><c>fasttrainlog prune</c>: what goes, and what never does.</summary>
public sealed class PruneTests
{
    [Fact]
    public void A_dry_run_shows_what_would_go_and_deletes_nothing()
    {
        using LogDirectory log = Rotated(3);
        string[] before = Directory.GetFiles(log.Path);

        (int code, string output, _) = ToolRun.Of("prune", log.Path, "--keep", "1", "--dry-run");

        Assert.Equal(0, code);
        Assert.Contains("main.log.3", output);
        Assert.Contains("Would delete 2 files with 2 KiB", output);
        Assert.Equal(before, Directory.GetFiles(log.Path));
    }

    [Fact]
    public void The_youngest_rotated_files_are_kept()
    {
        using LogDirectory log = Rotated(4).With("checkpoint.bin", "not ours");

        Assert.Equal(0, ToolRun.Of("prune", log.Path, "--keep", "2", "--yes").Code);

        Assert.Equal([".fasttrainlog.1.lock", "checkpoint.bin", "main.log", "main.log.1", "main.log.2"], Names(log));
    }

    [Fact]
    public void The_oldest_go_until_the_rest_has_the_size()
    {
        using LogDirectory log = Rotated(4);

        Assert.Equal(0, ToolRun.Of("prune", log.Path, "--max-total-size", "3KiB", "-y").Code);

        Assert.Equal([".fasttrainlog.1.lock", "main.log", "main.log.1", "main.log.2"], Names(log));
    }

    [Fact]
    public void Files_without_a_line_for_long_go_in_all_directories_below()
    {
        using LogDirectory root = new();
        foreach (string run in new[] { "old", "new" })
        {
            Directory.CreateDirectory(root.PathOf(run));
            File.WriteAllText(root.PathOf($"{run}/.fasttrainlog.1.lock"), string.Empty);
            File.WriteAllText(root.PathOf($"{run}/run.jsonl"), "{}");
        }

        File.SetLastWriteTimeUtc(root.PathOf("old/run.jsonl"), DateTime.UtcNow.AddDays(-31));

        Assert.Equal(0, ToolRun.Of("prune", root.Path, "--keep-days", "30", "--yes").Code);

        Assert.False(File.Exists(root.PathOf("old/run.jsonl")));
        Assert.True(File.Exists(root.PathOf("new/run.jsonl")));
    }

    [Fact]
    public void What_a_living_process_writes_stays_and_is_told()
    {
        using var log = new LogDirectory();
        using TrainLogging logging = TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging) = (log.Path, false));
        log.With("main.log.1", "rotated").With("main.2.log.1", "of a second process that has ended").With(".fasttrainlog.2.lock", new byte[0]);

        (int code, string output, _) = ToolRun.Of("prune", log.Path, "--max-total-size", "0", "--yes");

        Assert.Equal(0, code);
        Assert.Contains("1 process that writes now stay", output);
        Assert.True(File.Exists(log.PathOf("main.log")) && File.Exists(log.PathOf("main.log.1")));
        Assert.False(File.Exists(log.PathOf("main.2.log.1")));
    }

    [Fact]
    public void What_waits_for_a_recovery_stays()
    {
        using var log = new LogDirectory();
        using (var run = CrashedRun.Start(log.Path, "forever"))
        {
            run.KillAfter(records: 3000);
        }

        // A kill in the middle of a rotation leaves none, for the recovery to make.
        bool isThere = File.Exists(log.PathOf("run.jsonl"));
        (_, string output, _) = ToolRun.Of("prune", log.Path, "--max-total-size", "0", "--yes");

        Assert.Contains($"fasttrainlog recover '{log.Path}'", output);
        Assert.Equal(isThere, File.Exists(log.PathOf("run.jsonl")));
        Assert.Equal(0, ToolRun.Of("recover", log.Path).Code);
    }

    [Fact]
    public void Without_anybody_to_ask_nothing_is_deleted()
    {
        using LogDirectory log = Rotated(2);
        using ToolProcess tool = ToolProcess.Start("prune", log.Path, "--keep", "0");

        Assert.Equal(1, tool.Wait());
        Assert.Contains("no terminal for confirmation", tool.Error);
        Assert.Equal(4, Names(log).Length);
    }

    [Fact]
    public void What_the_log_does_not_write_by_itself_stays_and_is_told()
    {
        string[] others = ["config.json", "tokenizer.json", "train.jsonl", "notes.log", "notes.log.1", "train.jsonl.1.gz", "main.txt.log", "run.json", "system.jsonl", "main.log.bak", "Main.log", "main.1.log", "augmentation.log", "augmentation.log.1"];
        using LogDirectory log = Rotated(2);
        foreach (string other in others)
        {
            log.With(other, "mine");
        }

        (int code, string output, _) = ToolRun.Of("prune", log.Path, "--max-total-size", "0", "--keep", "0", "--keep-days", "0", "--yes");

        Assert.Equal(0, code);
        Assert.Equal([.. others.Append(".fasttrainlog.1.lock").Order(StringComparer.Ordinal)], Names(log));
        Assert.Contains("every log has files of other names only; name a category's own with --category-file", output);

        // A category's file, and those of a second log, go where they are named.
        log.With("augmentation.2.log.1", "second").With(".fasttrainlog.2.lock", new byte[0]);
        Assert.Equal(0, ToolRun.Of("prune", log.Path, "--keep", "0", "--category-file", "augmentation.log", "--yes").Code);
        Assert.Equal([.. others.Append(".fasttrainlog.1.lock").Append(".fasttrainlog.2.lock").Except(["augmentation.log.1"]).Order(StringComparer.Ordinal)], Names(log));
    }

    [Theory]
    [InlineData("prune logs", "Say what to keep")]
    [InlineData("prune logs --max-total-size 10XB", "'10XB' is not a size: use a number of bytes with a unit")]
    [InlineData("prune logs --keep-days soon", "'soon' is not a number of days")]
    [InlineData("prune logs --keep -1", "'-1'")]
    public void A_limit_that_is_none_is_explained_and_returns_2(string line, string expected)
    {
        (int code, _, string error) = ToolRun.Of(line.Split(' '));

        Assert.Equal(2, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void A_directory_that_no_log_was_in_is_refused()
    {
        using LogDirectory log = new LogDirectory().With("main.log.1", "somebody's");

        (int code, _, string error) = ToolRun.Of("prune", log.Path, "--keep", "0", "--yes");

        Assert.Equal(1, code);
        Assert.Contains("There is no log", error);
        Assert.True(File.Exists(log.PathOf("main.log.1")));
    }

    private static LogDirectory Rotated(int backups)
    {
        var log = new LogDirectory().With(".fasttrainlog.1.lock", new byte[0]).With("main.log", new byte[1024]);
        for (int number = 1; number <= backups; number++)
        {
            log.With($"main.log.{number}", new byte[1024]);
            File.SetLastWriteTimeUtc(log.PathOf($"main.log.{number}"), DateTime.UtcNow.AddHours(-number));
        }

        return log;
    }

    private static string[] Names(LogDirectory log) => [.. Directory.GetFiles(log.Path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
}
