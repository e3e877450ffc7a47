using System.Text.Json;
using FastTrainLog.Analysis;
using FastTrainLog.Tool.Tests.Export;
using FastTrainLog.Tool.Tests.Runs;
using Xunit;

namespace FastTrainLog.Tool.Tests.Analysis;

public sealed class LogAnalysisTests : IDisposable
{
    private readonly LogDirectory _log = new();

    [Fact]
    public void Runs_in_one_file_are_told_apart_and_the_last_is_analysed()
    {
        RunLines first = Steps(new RunLines("first", 10).Start(), 10, loss: 1.0).End();
        var second = new RunLines("second", 10) { Time = first.Time.AddMinutes(1) };
        Steps(second.Start(), 4, loss: 2.0);
        _log.With("run.jsonl", [.. first.Lines, .. second.Lines]);

        LogAnalysis last = _log.Analyze();
        LogAnalysis named = _log.Analyze("first");

        Assert.Equal([("first", "completed"), ("second", "stalled")], last.Runs.Select(run => (run.Name, run.Outcome)));
        Assert.Equal(("second", 4L, 2.0), (last.Run.Name, last.Progress.Steps, last.Progress.Loss!.Last));
        Assert.Equal(("first", 10L, 1.0), (named.Run.Name, named.Progress.Steps, named.Progress.Loss!.Last));
        LogNotFoundException missing = Assert.Throws<LogNotFoundException>(() => _log.Analyze("third"));
        Assert.Contains("third", missing.Message);
        Assert.Contains("first, second", missing.Message);
    }

    [Fact]
    public void Ranks_of_one_run_are_told_apart_though_their_records_are_mixed()
    {
        RunLines one = Steps(new RunLines("a").Start(rank: 1), 5, loss: 1.0);
        RunLines zero = Steps(new RunLines("a").Start(rank: 0), 5, loss: 7.0);
        _log.With("run.jsonl", one.Lines).With("run.2.jsonl", zero.Lines);

        LogAnalysis lowest = _log.Analyze();

        Assert.Equal(("a/0", 5L, 7.0), (lowest.Run.Name, lowest.Progress.Steps, lowest.Progress.Loss!.Last));
        Assert.Equal(1.0, _log.Analyze("a/1").Progress.Loss!.Last);
    }

    [Fact]
    public void Records_that_carry_their_run_go_to_it_wherever_they_stand()
    {
        (string Run, int Step)[] lines = [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("b", 3)];
        _log.With("run.jsonl", [.. lines.Select(line => new RunLines(line.Run).Step(line.Step, line.Step).Lines[0].Replace("\"eventId\"", $"\"run\":\"{line.Run}\",\"rank\":0,\"world_size\":1,\"step\":{line.Step},\"eventId\""))]);

        Assert.Equal(2, _log.Analyze("a").Progress.Steps);
        Assert.Equal(3, _log.Analyze("b").Progress.Steps);
    }

    [Fact]
    public void The_eta_is_held_against_what_became_of_it_once_the_run_is_through()
    {
        var run = new RunLines("a", 100);
        run.Start();
        for (int step = 1; step <= 100; step++)
        {
            run.Step(step, 1.0, seconds: 1.0, eta: 2 * (100 - step));
        }

        _log.With("run.jsonl", run.Lines);

        IReadOnlyList<EtaFigures> eta = _log.Analyze().Progress.Eta;
        Assert.Equal([(10, 10L), (25, 25L), (50, 50L), (75, 75L), (90, 90L)], eta.Select(point => (point.Percent, point.Step)));
        Assert.All(eta, point => Assert.Equal(100.0, point.ErrorPercent, 6));

        _log.With("run.jsonl", run.Lines[..60]);
        Assert.Empty(_log.Analyze().Progress.Eta);
    }

    [Fact]
    public void Errors_that_are_alike_are_one_pattern_with_what_they_have_in_common()
    {
        RunLines run = Steps(new RunLines("a").Start(), 100, loss: 1.0);
        run.Error("read", "Data", """{"file":"x.csv","row":7,"try":1}""", recovered: true).Error("read", "Data", """{"file":"x.csv","row":9}""", recovered: false).Error("save", "InputOutput", "{}", recovered: false).Issue("fc1", 50);
        _log.With("run.jsonl", run.Lines);

        ErrorFigures errors = _log.Analyze().Errors;

        Assert.Equal((1L, 3L, 0L, 40.0), (errors.Warnings, errors.Errors, errors.Criticals, errors.PerThousandSteps));
        Assert.Equal([("Data", 2L), ("InputOutput", 1L)], errors.ByCategory.Select(pair => (pair.Key, pair.Value)));
        ErrorPattern read = errors.Patterns[0];
        Assert.Equal(("read", "Data", 2L, 1L, "mend it", "System.IO.IOException"), (read.Operation, read.Category, read.Count, read.Recovered, read.Suggestion, read.ExceptionType));
        Assert.Equal(new Dictionary<string, string> { ["file"] = "x.csv", ["row"] = "7 to 9" }, read.CommonContext);
        Assert.Equal((100L, 100L), (read.FirstStep, read.LastStep));
    }

    [Fact]
    public void An_error_in_the_middle_of_a_step_stands_at_the_step_that_its_context_names()
    {
        RunLines run = Steps(new RunLines("a").Start(), 199, loss: 1.0).Error("read", "Data", """{"step":200}""", recovered: true).Error("read", "Data", """{"file":"x.csv"}""", recovered: true);
        _log.With("run.jsonl", run.Lines);

        ErrorPattern read = Assert.Single(_log.Analyze().Errors.Patterns);

        Assert.Equal((200L, 199L), (read.FirstStep, read.LastStep));
    }

    [Theory]
    [InlineData("\"Context\":{\"step\":123}", 123)]
    [InlineData("\"Context\":{\"file\":\"x\",\"Step\":123}", 123)]
    [InlineData("\"Step\":124,\"Context\":{\"step\":123}", 124)]
    [InlineData("\"Context\":{\"step\":\"soon\"}", 122)]
    [InlineData("\"Context\":{}", 122)]
    public void A_record_stands_at_the_step_that_it_is_about_before_the_one_logged_last(string properties, long expected)
    {
        // As the library writes it: every record bears the step that its run had logged last.
        _log.With("run.jsonl", RunRecord.Start(0, "a"), RunRecord.Step(1, "a", 122, 1), RunRecord.Of(2, "a", 1200, "ErrorWithContext", $"\"Operation\":\"read\",\"Category\":\"Data\",\"Error\":\"e\",{properties}", "errors", step: 122, level: "ERROR"));

        Assert.Equal(expected, Assert.Single(_log.Analyze().Errors.Patterns).FirstStep);
        Assert.Equal(0, ToolRun.Of("export", _log.Path, "--format", "tensorboard", "--out", _log.PathOf("events")).Code);
        Assert.Equal(expected, Assert.Single(TensorBoardReader.Read(Directory.GetFiles(_log.PathOf("events/a")).Single()), value => value.Tag == "errors").Step);
    }

    [Fact]
    public void Each_GPU_has_a_course_of_its_own()
    {
        RunLines run = Steps(new RunLines("a").Start(), 10, loss: 1.0);
        for (int i = 0; i < 8; i++)
        {
            int device = 1 - (i % 2);
            run.Add("INFO", "system", 1503, "GpuUsage", $"\"Device\":{device},\"Name\":\"GPU {device}\",\"Utilization\":{10 * i},\"UsedBytes\":{(device == 1 ? 5 : 1000) + i}");
        }

        _log.With("run.jsonl", run.Lines);

        PerformanceFigures performance = _log.Analyze().Performance;

        Assert.Equal([(0L, "GPU 0", 1001.0, 1007.0), (1L, "GPU 1", 5.0, 11.0)], performance.Gpus.Select(gpu => (gpu.Device, gpu.Name, gpu.UsedBytes!.Minimum!.Value, gpu.UsedBytes.Maximum!.Value)));
        Assert.Equal([70.0, 60.0], performance.Gpus.Select(gpu => gpu.Utilization!.Last));
        Assert.Null(performance.GpuBytes);
    }

    [Fact]
    public void Stability_names_the_layers_and_what_was_done()
    {
        RunLines run = Steps(new RunLines("a").Start(), 100, loss: 1.0).Issue("fc2", 10).Issue("fc1", 20).Issue("fc1", 20).Issue("fc1", 30);
        _log.With("run.jsonl", run.Lines);

        StabilityFigures stability = _log.Analyze().Stability;

        Assert.Equal([("fc1", 3L, 9L, 3L, 20L, 30L), ("fc2", 1L, 3L, 1L, 10L, 10L)], stability.Layers.Select(layer => (layer.Location, layer.Count, layer.NaNCount, layer.InfinityCount, layer.FirstStep!.Value, layer.LastStep!.Value)));
        Assert.Equal((3L, 4L, 0.25), (stability.NonFiniteSteps, stability.Recoveries["gradient_zeroing"], stability.ClipRate));
    }

    [Fact]
    public void A_log_without_runs_and_records_of_any_shape_are_analysed()
    {
        _log.With("run.jsonl",
            LogDirectory.Line(1, "hello"),
            """{"timestamp":"2026-11-24T06:00:00.0000000Z"}""",
            """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":5,"logger":null,"eventId":"x","event":[],"message":{},"properties":[1]}""",
            """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"ERROR","logger":"errors","eventId":1200,"event":"ErrorWithContext","properties":{"Context":[],"Category":7}}""",
            """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"training_progress","eventId":1001,"event":"Step","properties":{"Step":"x","Loss":{},"Metrics":3}}""",
            """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"performance","eventId":1300,"event":"Performance","properties":{"Operation":null,"DurationSeconds":-1}}""");

        LogAnalysis analysis = _log.Analyze();

        Assert.Equal((0L, "no-run", 6L), (analysis.Unreadable.Lines, analysis.Run.Name, analysis.Run.Records));
        Assert.Equal(1, analysis.Errors.Count);
    }

    [Fact]
    public void Json_is_valid_with_its_sections_though_values_are_not_finite()
    {
        RunLines run = new RunLines("a").Start().Step(1, double.NaN).Step(2, double.PositiveInfinity);
        _log.With("run.jsonl", [.. run.Lines, "broken"]);

        (int code, string output, _) = ToolRun.Of("analyze", _log.Path, "--json");

        Assert.Equal(0, code);
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.All(["progress", "errors", "performance", "stability", "anomalies", "unreadable"], section => Assert.Equal(JsonValueKind.Object, json.GetProperty(section).ValueKind));
        Assert.Equal("NaN", json.GetProperty("progress").GetProperty("loss").GetProperty("first").GetString());
        Assert.Equal(1, json.GetProperty("unreadable").GetProperty("lines").GetInt32());
        Assert.Equal(4, json.GetProperty("unreadable").GetProperty("places")[0].GetProperty("line").GetInt32() - 1);
    }

    [Fact]
    public void A_log_of_nothing_but_damage_says_so_and_returns_1()
    {
        _log.With("run.jsonl", "broken", "{}");

        (int code, string output, string error) = ToolRun.Of("analyze", _log.Path);

        Assert.Equal((1, string.Empty), (code, output));
        Assert.Contains("2 lines that cannot be read", error);
    }

    public void Dispose() => _log.Dispose();

    private static RunLines Steps(RunLines run, int steps, double loss)
    {
        for (int step = 1; step <= steps; step++)
        {
            run.Step(step, loss);
        }

        return run;
    }
}
