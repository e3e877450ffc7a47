using FastTrainLog.Shipping.TensorBoard;
using FastTrainLog.Tool.Export;
using FastTrainLog.Tool.Export.TensorBoard;
using FastTrainLog.Tool.Tests.Runs;
using Xunit;

namespace FastTrainLog.Tool.Tests.Export;

/// <summary><c>export --format tensorboard</c>, read back by <see cref="TensorBoardReader"/>.</summary>
public sealed class TensorBoardTests(SampleLog sample)
{
    [Fact]
    public void The_readers_check_sum_is_that_of_the_standard() => Assert.Equal(0xE3069283, TensorBoardReader.Crc32C("123456789"u8));

    [Fact]
    public void Scalars_of_every_step_validations_and_texts_of_a_run_are_read_back()
    {
        using var target = new LogDirectory();

        (int code, string output, string error) = ToolRun.Of("export", sample.Path, "--format", "tensorboard", "--out", target.PathOf("events"));

        Assert.True(code == 0, error);
        string file = Directory.GetFiles(target.PathOf("events"), "events.out.tfevents.*", SearchOption.AllDirectories).Single();
        Assert.Contains(file, output);
        List<TensorBoardReader.Value> values = TensorBoardReader.Read(file);
        TensorBoardReader.Value[] losses = [.. values.Where(value => value.Tag == "train/loss")];
        Assert.Equal(Enumerable.Range(1, SampleLog.Steps).Select(step => (long)step), losses.Select(value => value.Step));
        using (var reader = new FastTrainLog.Reading.LogReader(sample.Path))
        {
            int step = 0;
            while (reader.Read())
            {
                if (reader.Current.EventName == "Step")
                {
                    Assert.Equal((float)reader.Current.GetDouble("Loss"u8)!, losses[step].Scalar);
                    Assert.Equal((reader.Current.Time - DateTime.UnixEpoch).TotalSeconds, losses[step].WallTime);
                    step++;
                }
            }
        }

        Assert.Contains(values, value => value.Tag == "gradients/gradient_norm");
        Assert.Equal(3, values.Count(value => value.Tag == "validation/accuracy"));
        Assert.Contains(values, value => value is { Tag: "run/configuration", Plugin: "text" } && value.Text!.Contains("| BatchSize | 64 |", StringComparison.Ordinal));
        TensorBoardReader.Value issue = Assert.Single(values, value => value.Tag == "numerical_issues");
        Assert.Equal(25, issue.Step);
        Assert.Contains(values, value => value.Tag == "errors" && value.Text!.Contains("System.IO.InvalidDataException", StringComparison.Ordinal));
    }

    [Fact]
    public void A_layers_magnitudes_become_a_histogram()
    {
        string started = """{"timestamp":"2026-11-24T06:00:00.0000000Z","level":"INFO","logger":"training_progress","run":"a","thread":1,"eventId":1000,"event":"RunStarted","message":"","properties":{}}""";
        string histogram = """{"timestamp":"2026-11-24T06:00:01.0000000Z","level":"INFO","logger":"numerical_stability","run":"a","thread":1,"eventId":1106,"event":"GradientHistogram","message":"","properties":{"Step":7,"Layer":"fc1.weight","Bins":{"<2^-47":3,"2^-47":1,"2^-45":2}}}""";
        using LogDirectory log = new LogDirectory().With("run.jsonl", started, histogram);

        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "tensorboard", "--out", log.PathOf("events")).Code);

        TensorBoardReader.Value value = TensorBoardReader.Read(Directory.GetFiles(log.PathOf("events/a")).Single()).Single(value => value.Histogram is not null);
        Assert.Equal(("gradients/fc1.weight", 7L), (value.Tag, value.Step));
        double unit = Math.ScaleB(1, -47);
        Assert.Equal([unit, 2 * unit, 4 * unit, 8 * unit], value.Histogram!.Limits);
        Assert.Equal([3.0, 1.0, 0.0, 2.0], value.Histogram.Counts);
        Assert.Equal((0.0, 8 * unit, 6.0), (value.Histogram.Min, value.Histogram.Max, value.Histogram.Count));
        Assert.Equal(unit * ((3 * 0.5) + 1.5 + (2 * 6)), value.Histogram.Sum, 1e-20);
    }

    [Fact]
    public void Every_run_has_a_directory_of_its_own_in_the_output_and_the_same_one_each_time()
    {
        string[] runs =
        [
            "exp/a", "exp_a", "exp\\a", "exp:a", "a", "A", "a ", " a", "a.", "..", ".", "", "../..", "../../etc/x", "/tmp/x", ".hidden", "CON", "con.txt", "lpt1", new string('x', 300), new string('x', 301), new string('頁', 300),
            "\u0001\u0002", "a\nb", "a\0b", "ä", "a\u0308", "a*b?", "exp_a-00000000", "events.out.tfevents.1.fasttrainlog", "~", "-rf", "\ud800",
        ];
        using LogDirectory log = new LogDirectory().With("run.jsonl", [.. runs.SelectMany((run, i) => new[] { RunRecord.Start(2 * i, run), RunRecord.Step((2 * i) + 1, run, 1, i) })]);
        using var target = new LogDirectory();
        string[] arguments = ["export", log.Path, "--format", "tensorboard", "--out", target.PathOf("events")];

        (int code, _, string error) = ToolRun.Of(arguments);

        Assert.True(code == 0, error);
        // Nothing beside the output, and each run's losses in a file of their own.
        Assert.Equal([target.PathOf("events")], Directory.GetFileSystemEntries(target.Path));
        string[] files = [.. Directory.GetFiles(target.PathOf("events"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.Equal(runs.Length, files.Length);
        Assert.Equal(runs.Length, files.Select(file => Path.GetDirectoryName(file)!.ToUpperInvariant()).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, runs.Length).Select(i => (float)i), files.Select(file => Assert.Single(TensorBoardReader.Read(file), value => value.Tag == "train/loss").Scalar!.Value).Order());
        Assert.Contains(target.PathOf("events/exp_a/"), files.Select(file => Path.GetDirectoryName(file) + "/"));

        Assert.Equal(0, ToolRun.Of([.. arguments, "--force"]).Code);
        Assert.Equal(files, Directory.GetFiles(target.PathOf("events"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_second_export_adds_no_second_file_to_a_run()
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl", RunRecord.Start(0, "a"), RunRecord.Step(10, "a", 1, 2), RunRecord.Step(20, "a", 2, 1));
        string[] arguments = ["export", log.Path, "--format", "tensorboard", "--out", log.PathOf("events")];
        Assert.Equal(0, ToolRun.Of(arguments).Code);
        string first = Directory.GetFiles(log.PathOf("events/a")).Single();

        // From another record on, so that the file is called otherwise.
        (int code, _, string error) = ToolRun.Of([.. arguments, "--event", "Step"]);
        Assert.Equal(1, code);
        Assert.Contains($"'{first}' is there already", error);
        Assert.Equal(first, Directory.GetFiles(log.PathOf("events/a")).Single());

        Assert.Equal(0, ToolRun.Of([.. arguments, "--event", "Step", "--force"]).Code);
        string second = Directory.GetFiles(log.PathOf("events/a")).Single();
        Assert.NotEqual(first, second);
        Assert.Equal(["train/loss", "train/learning_rate"], TensorBoardReader.Read(second).Select(value => value.Tag).Distinct());
    }

    [Fact]
    public void A_record_without_a_step_stands_where_its_run_had_come_to()
    {
        // The statistics of a GPU come late, and bear the step that they are of.
        using LogDirectory log = new LogDirectory().With("run.jsonl",
            RunRecord.Start(0, "a"),
            RunRecord.Step(1, "a", 10, 2),
            RunRecord.Of(2, "a", 1104, "Gradients", "\"Step\":4,\"GradientNorm\":1.5", "numerical_stability", step: 10),
            RunRecord.Of(3, "a", 1002, "EpochEnded", "\"Epoch\":1,\"Loss\":2,\"DurationSeconds\":3,\"Steps\":10", step: 10),
            RunRecord.Of(4, "a", 1300, "Performance", "\"Operation\":\"epoch\",\"DurationSeconds\":3", "performance", step: 10),
            RunRecord.Of(5, "a", 1502, "ResourceUsage", "\"ProcessBytes\":3", "system", step: 10));
        // As logs were before records bore a step.
        log.With("run.2.jsonl",
            RunRecord.Of(0, null, 1000, "RunStarted", "\"RunId\":\"old\""),
            RunRecord.Of(1, null, 1001, "Step", "\"Step\":10,\"Loss\":2"),
            RunRecord.Of(2, null, 1104, "Gradients", "\"Step\":4,\"GradientNorm\":1.5", "numerical_stability"),
            RunRecord.Of(3, null, 1002, "EpochEnded", "\"Epoch\":1,\"Loss\":2,\"DurationSeconds\":3,\"Steps\":10"));

        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "tensorboard", "--out", log.PathOf("events")).Code);

        List<TensorBoardReader.Value> values = TensorBoardReader.Read(Directory.GetFiles(log.PathOf("events/a")).Single());
        Assert.Equal([("gradients/gradient_norm", 4L), ("epoch/loss", 10L), ("performance/epoch/duration_seconds", 10L), ("system/process_bytes", 10L)],
            values.Where(value => value.Tag is "gradients/gradient_norm" or "epoch/loss" or "performance/epoch/duration_seconds" or "system/process_bytes").Select(value => (value.Tag, value.Step)));
        Assert.Equal(10, TensorBoardReader.Read(Directory.GetFiles(log.PathOf("events/old")).Single()).Single(value => value.Tag == "epoch/loss").Step);
    }

    [Fact]
    public void A_value_has_the_name_that_it_has_in_the_tables_and_a_metric_takes_no_other_values_name()
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl",
            RunRecord.Start(0, "a"),
            RunRecord.Of(1, "a", 1010, "Validation", "\"Epoch\":1,\"Step\":5,\"Loss\":2,\"Metrics\":{\"loss\":7,\"accuracy\":0.5}"),
            RunRecord.Of(2, "a", 1002, "EpochEnded", "\"Epoch\":1,\"Loss\":3,\"DurationSeconds\":1,\"Metrics\":{\"loss\":8,\"duration_seconds\":9,\"lr\":1}", step: 5),
            RunRecord.Of(3, "a", 1105, "GradientLayer", "\"Step\":5,\"Layer\":\"gradient_norm\",\"Norm\":1,\"AbsoluteMaximum\":1,\"NaNCount\":2,\"InfinityCount\":3", "numerical_stability"),
            RunRecord.Of(4, "a", 1106, "GradientHistogram", "\"Step\":5,\"Layer\":\"gradient_norm\",\"Bins\":{\"2^1\":1}", "numerical_stability"),
            RunRecord.Of(5, "a", 1104, "Gradients", "\"Step\":5,\"GradientNorm\":1.5", "numerical_stability"));

        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "tensorboard", "--out", log.PathOf("events")).Code);

        List<TensorBoardReader.Value> values = TensorBoardReader.Read(Directory.GetFiles(log.PathOf("events/a")).Single());
        Assert.Equal([2f], values.Where(value => value.Tag == "validation/loss").Select(value => value.Scalar!.Value));
        Assert.Equal([7f], values.Where(value => value.Tag == "validation/metric_loss").Select(value => value.Scalar!.Value));
        Assert.Equal([3f, 8f, 9f, 1f], new[] { "epoch/loss", "epoch/metric_loss", "epoch/metric_duration_seconds", "epoch/lr" }.Select(tag => Assert.Single(values, value => value.Tag == tag).Scalar!.Value));
        Assert.Equal(2f, Assert.Single(values, value => value.Tag == "layers/gradient_norm/nan_count").Scalar);
        Assert.DoesNotContain(values, value => value.Tag.Contains("na_n", StringComparison.Ordinal));
        // A tag is of one kind.
        Assert.All(values.GroupBy(value => value.Tag), tag => Assert.Single(tag.Select(value => (value.Scalar is null, value.Histogram is null, value.Text is null)).Distinct()));
    }

    [Theory]
    [InlineData("3e38", 3e38, 3e38)]
    [InlineData("40000", 40000, 40000)]
    [InlineData(null, double.MaxValue, double.MaxValue)]
    [InlineData("\"Infinity\"", double.MaxValue, double.MaxValue)]
    public void The_last_bin_ends_at_the_greatest_magnitude(string? maximum, double limit, double max)
    {
        string[] layer = maximum is null ? [] : [RunRecord.Of(1, "a", 1105, "GradientLayer", $"\"Step\":7,\"Layer\":\"w\",\"Norm\":1,\"AbsoluteMaximum\":{maximum}", "numerical_stability")];
        using LogDirectory log = new LogDirectory().With("run.jsonl", [RunRecord.Start(0, "a"), .. layer, RunRecord.Of(2, "a", 1106, "GradientHistogram", "\"Step\":7,\"Layer\":\"w\",\"Bins\":{\"2^14\":1,\"2^15\":2}", "numerical_stability")]);

        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "tensorboard", "--out", log.PathOf("events")).Code);

        TensorBoardReader.Histogram histogram = TensorBoardReader.Read(Directory.GetFiles(log.PathOf("events/a")).Single()).Single(value => value.Histogram is not null).Histogram!;
        Assert.Equal([32768, limit], histogram.Limits);
        Assert.Equal((16384.0, max, 3.0), (histogram.Min, histogram.Max, histogram.Count));
        Assert.True(double.IsFinite(histogram.Sum) && double.IsFinite(histogram.SumOfSquares));
    }

    [Fact]
    public async Task Fifteen_hundred_runs_need_no_more_than_a_hundred_files_at_once()
    {
        const int Runs = 1500;
        using LogDirectory log = new LogDirectory().With("run.jsonl",
        [
            .. Enumerable.Range(0, Runs).Select(run => RunRecord.Start(run / 1000.0, $"run{run}")),
            .. Enumerable.Range(0, 3 * Runs).Select(i => RunRecord.Step(10 + (i / 1000.0), $"run{i % Runs}", 1 + (i / Runs), i)),
        ]);
        string tool = Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Tool.dll");
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", $"ulimit -n 256 && exec dotnet '{tool}' export '{log.Path}' --format tensorboard --out '{log.PathOf("events")}'"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(shell.ExitCode == 0, await error);
        Assert.Contains("6 scalars", output.Split('\n')[0], StringComparison.Ordinal);
        string[] files = Directory.GetFiles(log.PathOf("events"), "*", SearchOption.AllDirectories);
        Assert.Equal(Runs, files.Length);
        Assert.Equal([7f, 1507f, 3007f], TensorBoardReader.Read(files.Single(file => file.Contains("/run7/", StringComparison.Ordinal))).Where(value => value.Tag == "train/loss").Select(value => value.Scalar!.Value));
    }

    [Fact]
    public void What_waits_in_memory_is_written_in_its_order_whatever_its_size()
    {
        using var target = new LogDirectory();
        var pending = new PendingOutput();
        OutputFile[] files = [new(target.PathOf("a")), new(target.PathOf("b"))];
        using (Stream a = pending.Create(files[0]), b = pending.Create(files[1]))
        {
            for (int i = 0; i < 40; i++)
            {
                a.Write(Enumerable.Repeat((byte)i, 1 << 20).ToArray());
                b.Write([(byte)i]);
            }
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(i => (byte)i), File.ReadAllBytes(files[1].PartialPath));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (byte)i), File.ReadAllBytes(files[0].PartialPath).Where((_, i) => i % (1 << 20) == 1234));
    }

    [Fact]
    public void Not_a_number_large_steps_and_texts_of_any_kind_are_kept()
    {
        using var target = new LogDirectory();
        string path = target.PathOf(EventFile.NameFor(DateTime.UnixEpoch));
        using (var file = new EventFile(File.Create(path)))
        {
            file.Begin(DateTime.UnixEpoch);
            file.AddScalars(long.MaxValue, DateTime.UnixEpoch.AddSeconds(1.5), [("ä/ö", double.NaN), ("b", double.NegativeInfinity), ("c", 1e300)]);
            file.AddText("t", 0, DateTime.UnixEpoch, "säule 頁 😀\0" + new string('x', 70_000));
            file.AddText("t", 1, DateTime.UnixEpoch, string.Empty);
        }

        List<TensorBoardReader.Value> values = TensorBoardReader.Read(path);
        Assert.Equal(["ä/ö", "b", "c", "t", "t"], values.Select(value => value.Tag));
        Assert.Equal([float.NaN, float.NegativeInfinity, float.PositiveInfinity], values.Take(3).Select(value => value.Scalar!.Value));
        Assert.Equal((long.MaxValue, 1.5), (values[0].Step, values[0].WallTime));
        Assert.StartsWith("säule 頁 😀\0xxx", values[3].Text);
        // TensorBoard learns a tag's plugin from its first value.
        Assert.Equal(["text", null], values.Skip(3).Select(value => value.Plugin));
        Assert.Equal(string.Empty, values[4].Text);
    }
}
