using System.Text;
using FastTrainLog.Analysis;
using Xunit;

namespace FastTrainLog.Tool.Tests.Analysis;

public sealed class SampleLogTests(SampleLog sample) : IClassFixture<SampleLog>
{
    [Fact]
    public void A_real_run_is_analysed_as_it_was()
    {
        LogAnalysis analysis = LogDirectory.Analyze(sample.Path);

        Assert.Equal(("completed", 0L), (analysis.Run.Outcome, analysis.Unreadable.Lines));
        ProgressFigures progress = analysis.Progress;
        Assert.Equal((1200L, 1200L, 100.0, 60L, 60L), (progress.Steps, progress.LastStep, progress.Percent, progress.EpochCount, progress.ValidationCount));
        Assert.True(progress.Loss!.Last < progress.Loss.First / 5);
        Assert.Equal("falling", progress.Trend!.Direction);
        Assert.Equal(5, progress.Eta.Count);
        Assert.True(progress.CheckpointsFlagged >= 1);
        LayerFigures layer = Assert.Single(analysis.Stability.Layers);
        Assert.Equal(("NaN", 100L), (layer.Type, layer.FirstStep));
        ErrorPattern error = Assert.Single(analysis.Errors.Patterns, pattern => pattern.Category is not null);
        Assert.Equal(("Data", "read_batch", 1L), (error.Category, error.Operation, error.Recovered));
        Assert.Contains(analysis.Performance.Operations, operation => operation.Operation == "epoch" && operation.Seconds.Count == 60);
        Assert.True(analysis.Performance.ProcessBytes!.Count > 60);
    }

    [Fact]
    public void The_terminal_shows_every_section()
    {
        (int code, string output, string error) = ToolRun.Of("analyze", sample.Path);

        Assert.Equal((0, string.Empty), (code, error));
        Assert.All(["Progress", "1,200 steps of 1,200", "Stability", "Errors", "read_batch", "Performance", "█"], text => Assert.Contains(text, output));
        Assert.DoesNotContain('\e', output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 400));
    }

    [Fact]
    public void A_log_cut_off_anywhere_is_analysed_up_to_there()
    {
        byte[] whole = sample.ReadJson();
        using var log = new LogDirectory();
        for (int i = 0; i < 60; i++)
        {
            int length = (int)((long)whole.Length * i / 60) + i;
            log.With("run.jsonl", whole[..length]);
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            if (lines == 0)
            {
                Assert.Throws<LogNotFoundException>(() => log.Analyze());
                continue;
            }

            LogAnalysis analysis = log.Analyze();
            Assert.InRange(analysis.Runs.Sum(run => run.Records), lines, lines + 1);
            Assert.InRange(analysis.Unreadable.Lines, 0, 1);
        }
    }

    [Fact]
    public void Flipped_bytes_cost_their_own_lines_only()
    {
        byte[] whole = sample.ReadJson();
        int lines = whole.AsSpan().Count((byte)'\n');
        using var log = new LogDirectory();
        for (int seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. whole];
            for (int flips = 0; flips < 200; flips++)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            log.With("run.jsonl", damaged);
            LogAnalysis analysis = log.Analyze();
            Assert.InRange(analysis.Runs.Sum(run => run.Records), lines - 400, lines);
            Assert.InRange(analysis.Unreadable.Lines, 1, 400);
        }
    }

    [Fact]
    public void Nul_bytes_and_lines_written_into_each_other_cost_what_they_hit()
    {
        byte[] whole = sample.ReadJson();
        string[] lines = Encoding.UTF8.GetString(whole).TrimEnd('\n').Split('\n');
        var mixed = new StringBuilder();
        for (int i = 0; i < lines.Length; i++)
        {
            mixed.Append((i % 100) switch
            {
                10 => new string('\0', 5000) + "\n",
                20 => lines[i][..(lines[i].Length / 2)] + lines[i] + "\n",
                30 => lines[i],
                _ => lines[i] + "\n",
            });
        }

        using var log = new LogDirectory();
        log.With("run.jsonl", Encoding.UTF8.GetBytes(mixed.ToString()));

        LogAnalysis analysis = log.Analyze();

        int lost = Enumerable.Range(0, lines.Length).Count(i => i % 100 == 10);
        int torn = Enumerable.Range(0, lines.Length).Count(i => i % 100 == 20);
        Assert.Equal(lines.Length - lost, analysis.Runs.Sum(run => run.Records));
        Assert.Equal(lost + torn, analysis.Unreadable.Lines);
    }
}
