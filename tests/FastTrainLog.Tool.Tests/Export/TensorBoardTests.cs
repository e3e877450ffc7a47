using FastTrainLog.Tool.Export.TensorBoard;
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
    public void Not_a_number_large_steps_and_texts_of_any_kind_are_kept()
    {
        using var target = new LogDirectory();
        string path = target.PathOf(EventFile.NameFor(DateTime.UnixEpoch));
        using (var file = new EventFile(File.Create(path), DateTime.UnixEpoch))
        {
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
