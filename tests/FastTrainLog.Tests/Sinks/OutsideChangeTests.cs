using System.Text;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

/// <summary>Log files that somebody deletes, moves, replaces or cuts short while they are written.</summary>
public sealed class OutsideChangeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, Action<string>, string> Changes => new()
    {
        { "deleted", File.Delete, "after\n" },
        { "moved", path => File.Move(path, path + ".moved"), "after\n" },
        { "moved, and an empty one made", path => Replace(path, string.Empty), "after\n" },
        { "moved, and another put there", path => Replace(path, "another's\n"), "another's\nafter\n" },
        { "copied and cut short", path => File.WriteAllText(path, string.Empty), "after\n" },
        { "deleted with its directory", path => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true), "after\n" },
        { "untouched", _ => { }, "before\nafter\n" },
        { "replaced by a copy of itself", path => { File.Copy(path, path + ".new"); File.Move(path + ".new", path, overwrite: true); }, "before\nafter\n" },
        { "replaced by another of its length", path => { File.WriteAllText(path + ".new", "BEFORE\n"); File.Move(path + ".new", path, overwrite: true); }, "BEFORE\nafter\n" },
        { "replaced by a longer one", path => { File.WriteAllText(path + ".new", "before, edited\n"); File.Move(path + ".new", path, overwrite: true); }, "before, edited\nafter\n" },
        { "moved to another disk, a link in its place", path => { File.Copy(path, path + ".there"); File.Delete(path); File.CreateSymbolicLink(path, path + ".there"); }, "before\nafter\n" },
        { "moved within the disk, a link in its place", path => { File.Move(path, path + ".there"); File.CreateSymbolicLink(path, path + ".there"); }, "before\nafter\n" },
        { "moved, a link to nothing yet in its place", path => { File.Move(path, path + ".old"); File.CreateSymbolicLink(path, path + ".there"); }, "after\n" },
        { "appended to", path => File.AppendAllText(path, "a note\n"), "before\na note\nafter\n" },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void A_file_is_made_anew_where_it_is_not_in_its_place_any_more(string change, Action<string> make, string content)
    {
        Assert.NotEmpty(change);
        string path = _directory["logs/x.log"];
        using var file = new RollingFile(path, 0, 0);
        file.Append("before\n"u8);
        file.Flush();
        make(path);
        file.Append("after\n"u8);
        file.Flush();
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal(content.Length, file.Length);
    }

    [Fact]
    public void Every_record_behind_a_replacement_by_a_copy_of_the_same_length_is_kept_round_after_round()
    {
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (_directory.Path, false, TimeSpan.Zero)))
        {
            TrainLogger logger = logging.GetLogger(LogCategories.Main);
            for (int round = 0; round < 5; round++)
            {
                TestLog.Number(logger, -1);
                Assert.True(logging.Flush());
                foreach (string file in new[] { "main.log", "run.jsonl" })
                {
                    File.Copy(_directory[file], _directory["copy"]);
                    File.Move(_directory["copy"], _directory[file], overwrite: true);
                }

                for (int i = 0; i < 20; i++)
                {
                    TestLog.Number(logger, i);
                }

                Assert.True(logging.Flush());
            }
        }

        Assert.Equal(105, File.ReadLines(_directory["main.log"]).Count());
        Assert.Equal(105, File.ReadLines(_directory["run.jsonl"]).Count());
    }

    [Fact]
    public void A_deleted_file_is_back_at_the_next_flush_though_nothing_was_logged()
    {
        using var file = new RollingFile(_directory["x.log"], 0, 0);
        File.Delete(_directory["x.log"]);
        file.Flush();
        Assert.True(File.Exists(_directory["x.log"]));
    }

    [Fact]
    public void A_file_that_vanished_just_before_its_rotation_costs_no_record_and_no_rotation()
    {
        using var file = new RollingFile(_directory["x.log"], 1000, 5);
        file.Append(Line('a'));
        file.Flush();
        File.Delete(_directory["x.log"]);
        file.Append(Line('b'));
        file.Append(Line('c'));
        file.Flush();
        Assert.Equal(Encoding.UTF8.GetString(Line('b')), File.ReadAllText(_directory["x.log.1"]));
        Assert.Equal(Encoding.UTF8.GetString(Line('c')), File.ReadAllText(_directory["x.log"]));
        Assert.False(File.Exists(_directory["x.log.2"]));

        static byte[] Line(char c) => Encoding.UTF8.GetBytes(new string(c, 700) + "\n");
    }

    [Fact]
    public void A_link_is_not_taken_for_another_file()
    {
        File.WriteAllText(_directory["target"], string.Empty);
        File.CreateSymbolicLink(_directory["x.log"], _directory["target"]);
        using var file = new RollingFile(_directory["x.log"], 0, 0);
        file.Append("one\n"u8);
        file.Flush();
        file.Append("two\n"u8);
        file.Flush();
        Assert.Equal(0U, file.Replacements);
        Assert.Equal("one\ntwo\n", File.ReadAllText(_directory["target"]));
    }

    [Fact]
    public void Files_moved_away_under_load_hold_every_record_once_together_with_those_made_anew()
    {
        const int Records = 50_000;
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.FlushInterval, o.ResourceInterval) = (_directory.Path, false, TimeSpan.FromMilliseconds(1), TimeSpan.Zero);
        }))
        {
            var worker = new Thread(() =>
            {
                TrainLogger logger = logging.GetLogger("test");
                for (int i = 0; i < Records; i++)
                {
                    TestLog.Number(logger, i);
                    if (i % 100 == 0)
                    {
                        Thread.Yield();
                    }
                }
            });
            worker.Start();
            for (int moved = 0; worker.IsAlive; moved++)
            {
                File.Move(_directory["run.jsonl"], _directory[$"moved.{moved:00000}"]);
                Assert.True(Eventually.Is(() => File.Exists(_directory["run.jsonl"]), TimeSpan.FromSeconds(10)));
            }
        }

        string[] moves = Directory.GetFiles(_directory.Path, "moved.*");
        Assert.NotEmpty(moves);
        IEnumerable<string> lines = moves.Order(StringComparer.Ordinal).Append(_directory["run.jsonl"]).SelectMany(File.ReadLines);
        Assert.Equal(Enumerable.Range(0, Records).Select(i => $"number {i}"), lines.Select(Message));

        static string? Message(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("message").GetString();
    }

    [Fact]
    public void A_log_whose_directory_was_deleted_shares_no_file_with_a_second_one_that_comes_there()
    {
        string logs = _directory["logs"];
        using TrainLogging first = Create();
        Directory.Delete(logs, recursive: true);
        Assert.True(first.Flush());
        using TrainLogging second = Create();
        TestLog.Number(first.GetLogger("test"), 1);
        TestLog.Number(second.GetLogger("test"), 2);
        Assert.True(first.Flush() && second.Flush());
        Assert.EndsWith("number 1", Assert.Single(File.ReadLines(Path.Combine(logs, "main.log"))), StringComparison.Ordinal);
        Assert.EndsWith("number 2", Assert.Single(File.ReadLines(Path.Combine(logs, "main.2.log"))), StringComparison.Ordinal);

        TrainLogging Create() => TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (logs, false));
    }

    [Fact]
    public void A_log_whose_directory_was_deleted_leaves_the_names_to_the_one_that_took_them_first()
    {
        string logs = _directory["logs"];
        using TrainLogging first = Create();
        Assert.True(first.Flush());
        Directory.Delete(logs, recursive: true);
        using TrainLogging second = Create();
        TestLog.Number(second.GetLogger("test"), 2);
        Assert.True(second.Flush());
        TestLog.Number(first.GetLogger("test"), 1);
        // It has no file to write to.
        Assert.False(first.Flush());
        Assert.EndsWith("number 2", Assert.Single(File.ReadLines(Path.Combine(logs, "main.log"))), StringComparison.Ordinal);

        TrainLogging Create() => TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (logs, false));
    }

    [Fact]
    public void A_log_that_was_left_before_its_end_keeps_its_names_from_the_next_one()
    {
        using var held = new ManualResetEventSlim();
        TrainLogging left = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.ShutdownTimeout) = (_directory.Path, false, TimeSpan.FromMilliseconds(100));
            o.AddSink(
                new CollectingSink(),
                (in LogRecord _) =>
                {
                    held.Wait(TimeSpan.FromMinutes(1));
                    return true;
                });
        });
        TestLog.Number(left.GetLogger("test"), 1);
        left.Dispose();
        using (TrainLogging next = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_directory.Path, false)))
        {
            TestLog.Number(next.GetLogger("test"), 2);
            Assert.True(next.Flush());
            held.Set();
            Assert.True(Eventually.Is(() => File.ReadAllText(_directory["main.log"]).EndsWith("number 1\n", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));
        }

        Assert.Single(File.ReadLines(_directory["main.log"]));
        Assert.EndsWith("number 2", Assert.Single(File.ReadLines(_directory["main.2.log"])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_deleted_file_of_a_log_that_nobody_writes_to_or_flushes_is_back_before_long()
    {
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (_directory.Path, false, TimeSpan.Zero));
        Assert.True(logging.Flush());
        File.Delete(_directory["main.log"]);
        Assert.True(Eventually.Is(() => File.Exists(_directory["main.log"]), TimeSpan.FromSeconds(30)));
    }

    private static void Replace(string path, string content)
    {
        File.Move(path, path + ".1");
        File.WriteAllText(path, content);
    }
}
