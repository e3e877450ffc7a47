using System.Text;
using FastTrainLog.Columns;
using FastTrainLog.Indexing;
using FastTrainLog.Queries;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Tests.Analysis;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tool.Tests.Indexing;

/// <summary>With the index of its lines a log is read in part, and what is found is what is found without.</summary>
public sealed class LineIndexTests : IDisposable
{
    private const int Steps = 4000;

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Commands_find_the_same_with_it_as_without_wherever_the_lines_are()
    {
        string[] lines = Lines();
        // Columns, gzip, plain and the current file, of which the index has read a part.
        _log.With("run.jsonl.3.cols", Columns(lines[..900])).With("run.jsonl.2.gz", Gzip(lines[900..1800])).With("run.jsonl.1", lines[1800..3000]).With("run.jsonl", lines[3000..^300]);
        Update();
        File.AppendAllLines(_log.PathOf("run.jsonl"), lines[^300..]);
        string[][] commands =
        [
            ["tail", "--no-follow", "-n", "10000", "--level", "warning"],
            ["tail", "--no-follow", "-n", "7", "--level", "warning", "--json"],
            ["tail", "--no-follow", "-n", "10000", "--event", "Performance"],
            ["tail", "--no-follow", "-n", "10000", "--category", "performance"],
            ["tail", "--no-follow", "-n", "10000", "--from-step", "800", "--to-step", "820"],
            ["tail", "--no-follow", "-n", "5", "--from-step", "3990"],
            ["tail", "--no-follow", "-n", "10000", "--since", "2026-01-01T00:01:00Z", "--until", "2026-01-01T00:01:02Z"],
            ["tail", "--no-follow", "-n", "10000", "--run", "second"],
            ["tail", "--no-follow", "-n", "10000", "--run", "first", "--level", "warning", "--grep", "numerical"],
            ["tail", "--no-follow", "-n", "10", "--event", "Nothing"],
            ["tail", "--no-follow", "-n", "10", "--from-step", "100000"],
            ["export", "--format", "jsonl", "--out", _log.PathOf("out"), "--force", "--level", "warning"],
            ["export", "--format", "jsonl", "--out", _log.PathOf("out"), "--force", "--run", "second", "--to-step", "5"],
        ];
        (int, string, string)[] with = [.. commands.Select(Run)];
        File.Delete(_log.PathOf(IndexFile.Name));
        (int, string, string)[] without = [.. commands.Select(Run)];

        Assert.All(commands.Index(), command => Assert.Equal(without[command.Index], with[command.Index]));
        Assert.Equal([100, 7, 3, 3], with[..4].Select(result => result.Item2.Split('\n').Length - 1));
        Assert.Equal(22, with[4].Item2.Split('\n').Length - 1);

        (int, string, string) Run(string[] command)
        {
            (int code, string output, string error) = ToolRun.Of([command[0], _log.Path, .. command[1..]]);
            return (code, command[0] == "export" ? output + File.ReadAllText(_log.PathOf("out")) : output, error);
        }
    }

    [Fact]
    public void Ranges_without_what_is_looked_for_are_not_read()
    {
        string[] lines = Lines();
        _log.With("run.jsonl.1.cols", Columns(lines[..2500])).With("run.jsonl", lines[2500..]);
        Update();

        // The only operations are at the end of a run.
        long all = Read(new RecordQuery { Level = LogLevel.Trace }).Lines;
        Assert.Equal(lines.Length, all);
        Assert.InRange(Read(new RecordQuery { Event = "Performance" }).Lines, 3, all / 2);
        (long read, List<long> numbers) = Read(new RecordQuery { FirstStep = 3001, LastStep = 3003 });
        Assert.InRange(read, 3, all / 2);
        // A line has the number that it has in its file.
        Assert.Equal([.. Enumerable.Range(3001, 3).Select(step => Array.FindIndex(lines[2500..], line => line.Contains($"\"Step\":{step},", StringComparison.Ordinal)) + 1L)], numbers);
    }

    [Fact]
    public void What_cannot_be_read_is_told_although_its_neighbours_are_skipped()
    {
        string[] lines = Lines();
        lines[2000] = lines[2000][..50];
        lines[2100] = "no record at all";
        _log.With("run.jsonl", lines);
        Update();
        (int code, _, string error) = ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out"), "--event", "Performance");
        Assert.Equal(1, code);
        Assert.Contains("2 lines could not be read", error);
        Assert.Contains("the first is line 2001 of", error);
    }

    [Fact]
    public void A_file_that_is_not_as_the_index_has_read_it_is_read_whole()
    {
        string[] lines = Lines();
        _log.With("run.jsonl", lines);
        Update();
        Assert.Equal(3, Operations());

        // Written anew with other lines behind the same first ones, and with another first one.
        string operation = lines.First(line => line.Contains("\"Performance\"", StringComparison.Ordinal));
        _log.With("run.jsonl", [.. lines[..1000], operation, .. lines]);
        Assert.Equal(4, Operations());
        _log.With("run.jsonl", [operation, .. lines]);
        Assert.Equal(4, Operations());

        int Operations() => ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100000", "--event", "Performance", "--json").Output.Split('\n').Length - 1;
    }

    [Fact]
    public void Old_lines_that_do_not_name_their_run_are_all_read()
    {
        var run = new RunLines("old");
        run.Start();
        for (int step = 1; step <= 2000; step++)
        {
            run.Step(step, 1.0);
        }

        _log.With("run.jsonl", run.End().Lines);
        Update();
        Assert.Null(LinePlan.Read(_log.Path, LineSelection.None));
        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "jsonl", "--out", _log.PathOf("out"), "--run", "old", "--event", "RunConcluded").Code);
    }

    [Fact]
    public void A_reading_that_is_stopped_in_the_middle_leaves_the_index_as_it_was()
    {
        string[] lines = Lines();
        _log.With("run.jsonl", lines[..20]);
        Update();
        File.AppendAllLines(_log.PathOf("run.jsonl"), [.. lines[20..], .. lines[^7..]]);
        using LogIndex index = LogIndex.Open(_log.Path)!;
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => index.Update((_, _) => source.Cancel(), source.Token));
        Assert.Equal(18, index.Runs()[^1].LastStep);

        index.Update(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Steps, index.Buckets("first", "train/loss", 0, Steps, 10).Sum(bucket => bucket.Count));
    }

    [Fact]
    public void A_plan_from_an_index_that_is_torn_at_any_page_changes_nothing()
    {
        _log.With("run.jsonl", Lines()[..1500]);
        Update();
        Assert.NotNull(LinePlan.Read(_log.Path, new RecordQuery { Event = "RunConcluded" }.Selection));
        byte[] whole = File.ReadAllBytes(_log.PathOf(IndexFile.Name));
        byte[] noise = new byte[4096];
        new Random(5).NextBytes(noise);
        int expected = Warnings();
        for (int page = 0; page * 4096 < whole.Length; page++)
        {
            foreach (byte[] other in (byte[][])[[], new byte[4096], noise])
            {
                byte[] damaged = other.Length == 0 ? whole[..(page * 4096)] : [.. whole];
                other.CopyTo(damaged, other.Length == 0 ? 0 : page * 4096);
                _log.With(IndexFile.Name, damaged);
                Assert.Equal(expected, Read(new RecordQuery { Level = LogLevel.Warning }).Numbers.Count);
            }
        }
    }

    private static string[] Lines()
    {
        var first = new RunLines("first", Steps, namesRun: true);
        first.Start();
        var second = new RunLines("second", 100, namesRun: true);
        for (int step = 1; step <= Steps; step++)
        {
            first.Step(step, 1.0 / step, seconds: 0.1);
            if (step % 40 == 0)
            {
                first.Issue("fc1", step);
            }
        }

        first.Operation("epoch", 4.0).Operation("epoch", 4.0);
        second.Time = first.Time;
        second.Start().Step(1, 1.0).Step(9, 1.0).Operation("epoch", 1.0);
        return [.. first.End().Lines, .. second.End().Lines];
    }

    private static byte[] Columns(string[] lines)
    {
        var file = new MemoryStream();
        using (var writer = new ColumnFileWriter(file))
        {
            writer.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        }

        return file.ToArray();
    }

    private static byte[] Gzip(string[] lines)
    {
        var file = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        }

        return file.ToArray();
    }

    private void Update()
    {
        using LogIndex index = LogIndex.Open(_log.Path)!;
        index.Update(cancellation: TestContext.Current.CancellationToken);
    }

    private int Warnings() => ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100000", "--level", "warning").Output.Split('\n').Length - 1;

    private (long Lines, List<long> Numbers) Read(RecordQuery query)
    {
        using var reader = new LogReader(_log.Path, query.LinesIn(_log.Path));
        long lines = 0;
        var numbers = new List<long>();
        for (; reader.Read(); lines++)
        {
            if (query.Takes(reader.Current, out _))
            {
                numbers.Add(reader.Current.Line);
            }
        }

        return (lines, numbers);
    }
}
