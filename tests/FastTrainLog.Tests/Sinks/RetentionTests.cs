using System.Text;
using FastTrainLog.Columns;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class RetentionTests : IDisposable
{
    private static readonly DateTime Now = new(2024, 1, 15, 12, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Files_that_are_too_old_go()
    {
        Make("main.log", 1, days: 50);
        Make("main.log.1", 1, days: 2);
        Make("main.log.2.gz", 1, days: 4);
        Make("run.jsonl.1", 1, days: 4);
        Make("run.jsonl.12", 1, days: 5);
        Assert.Equal((3, 3), Apply(maxAge: TimeSpan.FromDays(3)));
        Assert.Equal(["main.log", "main.log.1"], Files());
    }

    [Fact]
    public void The_oldest_go_where_all_together_are_too_much()
    {
        Make("main.log", 1000, days: 0);
        Make("main.log.1", 30, days: 1);
        Make("run.jsonl.1.gz", 50, days: 2);
        Make("main.log.2", 10, days: 3);
        Make("main.log.3", 10, days: 4);
        Make("system.json.9", 5, days: 5);
        Assert.Equal((2, 15), Apply(maxTotalSize: 90));
        Assert.Equal(["main.log", "main.log.1", "main.log.2", "run.jsonl.1.gz"], Files());
    }

    [Fact]
    public void A_file_that_a_shipper_has_not_read_is_kept_as_long_as_there_is_as_much_room_again()
    {
        Make("run.jsonl.1", 60, days: 1);
        Make("run.jsonl.2", 30, days: 2);
        Make("run.jsonl.3", 40, days: 3);
        Make("run.jsonl.4", 50, days: 4);
        // It has read the oldest.
        LogReaderMark.Write(_directory.Path, "ship.loki", [(1, Now.AddDays(-4).Ticks)]);
        File.SetLastWriteTimeUtc(_directory[".fasttrainlog.ship.loki.reader"], Now);
        Assert.Equal((2, 110), Apply(maxAge: TimeSpan.FromHours(1), maxTotalSize: 80, lasting: "run.jsonl"));

        // 40 and 30 within 80; the youngest is beyond that.
        Assert.Equal(["run.jsonl.2", "run.jsonl.3"], Files());
        Assert.Equal(60, LogReaderMark.TakeLost(_directory.Path, "ship.loki"));
        Assert.Equal(0, LogReaderMark.TakeLost(_directory.Path, "ship.loki"));
    }

    [Theory]
    [InlineData("version 1\n1 0\n", 8)]
    [InlineData("version 2\n1 0\n", 0)]
    [InlineData("version 1\n1 x\n", 0)]
    [InlineData("", 0)]
    public void A_reader_that_is_gone_or_cannot_be_read_keeps_nothing(string mark, int days)
    {
        Make("run.jsonl.1", 60, days: 1);
        File.WriteAllText(_directory[".fasttrainlog.ship.loki.reader"], mark);
        File.SetLastWriteTimeUtc(_directory[".fasttrainlog.ship.loki.reader"], Now.AddDays(-days));
        Assert.Equal((1, 60), Apply(maxAge: TimeSpan.FromHours(1), lasting: "run.jsonl"));
    }

    [Fact]
    public void Only_what_a_log_gives_its_name_to_is_ever_deleted()
    {
        string[] others =
        [
            "MAIN.log.1", "checkpoint.1", "errors.log", "main.1.log.1", "main.2.jsonl.1", "main.log.0", "main.log.01", "main.log.1.bak", "main.log.1.gz.tmp", "main.log.1.zip",
            "main.log.gz", "main.log1", "main.logs.1", "mainXlog.1", "mine.log.1", "my.main.log.1", "run.log.1", "système.log.1",
        ];
        Array.ForEach(others, name => Make(name, 100, days: 999));
        Directory.CreateDirectory(_directory["main.log.7"]);
        Assert.Equal((0, 0), Apply(maxAge: TimeSpan.FromDays(1), maxTotalSize: 1));
        Assert.Equal(others, Files());
    }

    [Fact]
    public void Files_of_another_log_go_when_its_process_is_gone_and_not_before()
    {
        using LogDirectoryClaim own = LogDirectoryClaim.Take(_directory.Path);
        LogDirectoryClaim other = LogDirectoryClaim.Take(_directory.Path);
        Make("main.log.1", 1, days: 9);
        Make("main.2.log.1", 1, days: 9);
        Make("main.3.log.1.gz", 1, days: 9);
        Assert.Equal((2, 2), Apply(own, TimeSpan.FromDays(1)));
        Assert.Equal(["main.2.log.1"], Files());
        other.Dispose();
        Assert.Equal((1, 1), Apply(own, TimeSpan.FromDays(1)));
        Assert.Empty(Files());
    }

    [Fact]
    public void A_rotation_meanwhile_saves_the_file_that_has_the_name_by_then()
    {
        Make("main.log.1", 1, days: 9);
        RotatedFile found = Assert.Single(new LogFileNames(["main.log"]).RotatedIn(_directory.Path));
        Make("main.log", 1, days: 0);
        var files = new RotatedFiles(_directory["main.log"], 5);
        files.Add();
        Assert.False(files.Delete(found));
        Assert.Equal(["main.log.1", "main.log.2"], Files());
    }

    [Fact]
    public void A_file_that_cannot_be_read_stays_and_newer_ones_are_reduced()
    {
        string steps = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{{\"timestamp\":\"2024-01-15T10:00:00.0000000Z\",\"level\":\"INFO\",\"logger\":\"mine\",\"event_id\":{i},\"message\":\"{i * 7919}\"}}\n"));
        byte[] columns = Columns(steps);
        Write("run.jsonl.3.cols", columns[..^9], days: 3);
        Write("run.jsonl.2.cols", columns, days: 2);
        Write("run.jsonl.1.cols", columns, days: 1);
        using LogDirectoryClaim own = LogDirectoryClaim.Take(_directory.Path);
        RetentionResult result = Check(own, default, columns.Length * 5 / 2, "run.jsonl");

        Assert.Equal(["run.jsonl.1.cols", "run.jsonl.2.gz", "run.jsonl.3.cols"], Files());
        Assert.Equal((1, 0), (result.Reduced, result.Deleted));
        Assert.StartsWith("run.jsonl.3.cols cannot be read to its end: it is cut off", result.Unreadable, StringComparison.Ordinal);
        Assert.Equal(columns.Length - 9, new FileInfo(_directory["run.jsonl.3.cols"]).Length);
    }

    [Fact]
    public void A_log_deletes_at_its_start_and_says_so()
    {
        Make("main.log.3.gz", 70, days: 9);
        File.SetLastWriteTimeUtc(_directory["main.log.3.gz"], DateTime.UtcNow.AddDays(-9));
        using TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.MaxBackupAge) = (_directory.Path, false, TimeSpan.FromDays(7));
        });
        Assert.True(Eventually.Is(() => logging.Flush() && File.ReadAllText(_directory["system.log"]).Contains("Deleted 1 rotated log files of 70 B", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));
        Assert.False(File.Exists(_directory["main.log.3.gz"]));
    }

    private (int Files, long Bytes) Apply(TimeSpan maxAge = default, long maxTotalSize = 0, string lasting = "of.runs")
    {
        using LogDirectoryClaim own = LogDirectoryClaim.Take(_directory.Path);
        return Apply(own, maxAge, maxTotalSize, lasting);
    }

    private (int Files, long Bytes) Apply(LogDirectoryClaim own, TimeSpan maxAge, long maxTotalSize = 0, string lasting = "of.runs")
    {
        RetentionResult result = Check(own, maxAge, maxTotalSize, lasting);
        return (result.Deleted, result.DeletedBytes);
    }

    private RetentionResult Check(LogDirectoryClaim own, TimeSpan maxAge, long maxTotalSize, string lasting)
    {
        var names = new LogFileNames(["main.log", "errors.log", "system.log", "system.json", "run.jsonl"]);
        return new Retention(_directory.Path, names, new LogFileNames([lasting]), own, maxAge, maxTotalSize, key: null, new FixedTime()).Apply([], () => false);
    }

    private static byte[] Columns(string lines)
    {
        var file = new MemoryStream();
        using (var writer = new ColumnFileWriter(file))
        {
            writer.Write(Encoding.UTF8.GetBytes(lines));
        }

        return file.ToArray();
    }

    private void Make(string name, int bytes, int days) => Write(name, new byte[bytes], days);

    private void Write(string name, byte[] bytes, int days)
    {
        File.WriteAllBytes(_directory[name], bytes);
        File.SetLastWriteTimeUtc(_directory[name], Now.AddDays(-days));
    }

    private IEnumerable<string> Files() => Directory.GetFiles(_directory.Path).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order(StringComparer.Ordinal);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}
