using System.Globalization;
using System.Text.Json;
using FastTrainLog.Tool.Compare;
using Xunit;

namespace FastTrainLog.Tool.Tests.Compare;

/// <summary><c>fasttrainlog compare</c>.</summary>
public sealed class CompareTests(SampleLog sample)
{
    [Fact]
    public void Figures_differences_and_curves_stand_side_by_side()
    {
        using LogDirectory worse = Run("b-run", learningRate: 0.1, loss: step => step == 3 ? double.NaN : 4.0 / step);
        using LogDirectory better = Run("a-run", learningRate: 0.01, loss: step => 2.0 / step);

        (int code, string output, string error) = ToolRun.Of("compare", worse.Path, better.Path);

        Assert.True(code == 0, error);
        string[] lines = output.Split('\n');
        Assert.Matches(@"^run\s+b-run\s+a-run", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("best loss", StringComparison.Ordinal) && line.Contains("0.8 at 5", StringComparison.Ordinal) && line.Contains("0.4 at 5 *", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("non-finite steps", StringComparison.Ordinal) && line.Contains(" 1 ", StringComparison.Ordinal) && line.EndsWith("0 *", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("with LearningRate", StringComparison.Ordinal) && line.Contains("0.1", StringComparison.Ordinal) && line.Contains("0.01", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("with BatchSize", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("b-run", StringComparison.Ordinal) && line.Contains('×') && line.Contains('█'));
    }

    [Fact]
    public void A_real_run_is_compared_with_itself_in_json()
    {
        (int code, string output, _) = ToolRun.Of("compare", sample.Path, sample.Path, "--json");

        Assert.Equal(0, code);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement run = json.RootElement.GetProperty("runs")[0];
        Assert.Equal(SampleLog.Steps, run.GetProperty("steps").GetInt32());
        Assert.Equal("completed", run.GetProperty("outcome").GetString());
        Assert.Equal(1, run.GetProperty("non_finite_steps").GetInt32());
        Assert.InRange(run.GetProperty("metrics").GetProperty("test_accuracy").GetDouble(), 0.5, 1);
        Assert.InRange(run.GetProperty("clip_rate").GetDouble(), 0.01, 1);
        Assert.Equal(SampleLog.Steps, run.GetProperty("loss").GetArrayLength());
        Assert.Empty(json.RootElement.GetProperty("configuration_differences").EnumerateArray());
    }

    [Fact]
    public void A_root_stands_for_the_runs_below_it_that_the_conditions_hold_for()
    {
        using var root = new LogDirectory();
        foreach ((string id, double rate) in new[] { ("a", 0.1), ("b", 0.01), ("c", 0.001) })
        {
            using LogDirectory log = Run(id, rate, step => 1.0 / step);
            Directory.CreateDirectory(root.PathOf($"deep/{id}"));
            File.Copy(log.PathOf("run.jsonl"), root.PathOf($"deep/{id}/run.jsonl"));
        }

        Assert.Equal(["a", "b", "c"], Names("compare", root.Path));
        Assert.Equal(["b", "c"], Names("compare", root.Path, "--where", "LearningRate<0.1"));
        Assert.Equal(["b"], Names("compare", root.Path, "--where", "LearningRate<0.1", "--where", "directory~deep/b"));
        Assert.Equal(["c"], Names("compare", $"{root.Path}#c"));
        (int code, _, string error) = ToolRun.Of("compare", root.Path, "--where", "state=failed");
        Assert.Equal(1, code);
        Assert.Contains("no run for which all conditions hold", error, StringComparison.Ordinal);

        static string[] Names(params string[] arguments) => ToolRun.Of(arguments).Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    [Fact]
    public void One_directory_stands_for_all_its_runs_and_a_sign_names_one()
    {
        using LogDirectory log = Run("a1", 0.1, step => 1);
        using LogDirectory other = Run("a2", 0.1, step => 2);
        File.AppendAllLines(log.PathOf("run.jsonl"), File.ReadAllLines(other.PathOf("run.jsonl")));

        Assert.Matches(@"^run\s+a1\s+a2", ToolRun.Of("compare", log.Path).Output);
        Assert.Matches(@"^run\s+a2\s+a1", ToolRun.Of("compare", $"{log.Path}#a2", $"{log.Path}#a1").Output);
        (int code, _, string error) = ToolRun.Of("compare", $"{log.Path}#a", log.Path);
        Assert.Equal(1, code);
        Assert.Contains("begin with 'a': a1, a2. Give the full name of one.", error);
        Assert.Contains("There is no run 'b'", ToolRun.Of("compare", $"{log.Path}#b", log.Path).Error);
    }

    [Fact]
    public void A_curve_of_any_length_keeps_its_means_and_what_was_not_finite()
    {
        var curve = new LossCurve();
        for (int step = 0; step < 1_000_000; step++)
        {
            curve.Add(step, step == 600_000 ? double.NaN : step);
        }

        Assert.Equal(2048, curve.Width);
        Assert.Equal(1023.5, curve.Mean(0, 2048));
        Assert.Equal(double.NaN, curve.Mean(0, 1_000_000));
        Assert.Null(curve.Mean(1_048_000, 1_048_576));
        Assert.InRange(curve.Points().Count(), 480, 512);
    }

    private static LogDirectory Run(string id, double learningRate, Func<int, double> loss)
    {
        string Record(int second, int eventId, string name, string properties) => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"timestamp":"2026-11-24T06:00:{{second:D2}}.0000000Z","level":"INFO","logger":"training_progress","thread":1,"run":"{{id}}","eventId":{{eventId}},"event":"{{name}}","message":"","properties":{{properties}}}""");
        string Number(double value) => double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : $"\"{value.ToString(CultureInfo.InvariantCulture)}\"";
        return new LogDirectory().With("run.jsonl",
        [
            Record(0, 1000, "RunStarted", $$"""{"Model":"m","BatchSize":32,"LearningRate":{{Number(learningRate)}},"RunId":"{{id}}"}"""),
            .. Enumerable.Range(1, 5).Select(step => Record(step, 1001, "Step", $$"""{"Step":{{step}},"Loss":{{Number(loss(step))}},"Throughput":100}""")),
        ]);
    }
}
