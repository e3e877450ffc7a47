using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Tests.Analysis;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary><c>fasttrainlog runs</c>: the runs of all logs below a directory, with what they were started with.</summary>
public sealed class RunsCommandTests : IDisposable
{
    private readonly LogDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Runs_of_logs_at_any_depth_are_listed_filtered_and_sorted_by_any_column()
    {
        Train("a", "first", 0.5, depth: 6);
        Train("deep/er/b", "second", 0.25, depth: 12);
        Train("deep/er/b", "third", 0.75, depth: 24, outcome: RunOutcome.Failed);
        Directory.CreateDirectory(_root.PathOf("deep/empty"));

        Assert.Equal(["first", "second", "third"], List());
        Assert.Equal(["second", "first", "third"], List("--sort", "loss"));
        Assert.Equal(["third", "first", "second"], List("--sort", "-loss"));
        Assert.Equal(["third"], List("--where", "state=failed"));
        Assert.Equal(["first", "second"], List("--where", "state!=failed"));
        Assert.Equal(["second", "third"], List("--where", "config.model.depth>=12"));
        Assert.Equal(["second"], List("--where", "model.depth>=12", "--where", "loss<0.5"));
        Assert.Equal(["first", "second"], List("--where", "tags~base", "--where", "steps=10", "--where", "state=completed"));
        Assert.Equal(["third"], List("--where", "directory~deep", "--sort", "-started", "--limit", "1"));
        Assert.Equal(["first"], List("--where", "name~of first"));
        Assert.Empty(List("--where", "group=other"));
    }

    [Fact]
    public void The_table_shows_what_differs_and_the_json_all_of_it()
    {
        Train("a", "first", 0.5, depth: 6);
        Train("b", "second", 0.25, depth: 12);
        (int code, string output, string error) = ToolRun.Of("runs", _root.Path);
        Assert.Equal((0, ""), (code, error));
        string[] head = output.Split('\n').First(static line => line.Contains("state", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["run", "state", "name", "group", "model", "steps", "loss", "best", "duration", "model.depth", "seed"], head[..11]);
        Assert.Contains("Not shown, because the table would be too wide: ", output, StringComparison.Ordinal);
        Assert.EndsWith("directory; --json has all.", output.TrimEnd(), StringComparison.Ordinal);

        (_, output, _) = ToolRun.Of("runs", _root.Path, "--json");
        using JsonDocument json = JsonDocument.Parse(output);
        string[] differing = [.. json.RootElement.GetProperty("configuration_differences").EnumerateArray().Select(name => name.GetString()!)];
        Assert.Contains("model.depth", differing);
        Assert.DoesNotContain("optimizer.betas.0", differing);
        Assert.DoesNotContain("Tags", differing);
        JsonElement run = json.RootElement.GetProperty("runs")[0];
        Assert.Equal(("run of first", "sweep", "M", 10, 0.5), (run.GetProperty("name").GetString(), run.GetProperty("group").GetString(), run.GetProperty("model").GetString(), run.GetProperty("steps").GetInt32(), run.GetProperty("loss").GetDouble()));
        Assert.Equal(0.4, run.GetProperty("best").GetDouble());
        Assert.Equal("0.9", run.GetProperty("configuration").GetProperty("optimizer.betas.0").GetString());
        Assert.Equal("****", run.GetProperty("configuration").GetProperty("hub.api_key").GetString());
        Assert.Equal("https://****@hub.example/data", run.GetProperty("configuration").GetProperty("hub.address").GetString());
    }

    [Theory]
    [InlineData("seed>9007199254740992", "second")]
    [InlineData("seed=9007199254740992", "first")]
    [InlineData("model.depth<=6.5", "first")]
    [InlineData("optimizer.betas.1>0.99", "first", "second")]
    [InlineData("amp=true", "first", "second")]
    public void Values_at_any_depth_of_the_configuration_are_compared_as_what_they_are(string condition, params string[] expected)
    {
        Train("a", "first", 0.5, depth: 6);
        Train("b", "second", 0.25, depth: 12);
        Assert.Equal(expected, List("--where", $"config.{condition}"));
    }

    [Fact]
    public void A_last_line_without_a_line_feed_counts_as_it_does_for_analyze()
    {
        string[] lines = new RunLines("cut", 10, namesRun: true).Start().Step(1, 0.5).Step(2, 0.25).Lines;
        _root.With("run.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        for (int again = 0; again < 2; again++)
        {
            Assert.Equal(["cut"], List("--where", "steps=2", "--where", "loss=0.25"));
        }

        // It is read once, when it has become a line.
        File.AppendAllText(_root.PathOf("run.jsonl"), "\n");
        Assert.Equal(["cut"], List("--where", "steps=2"));
    }

    [Fact]
    public void What_is_wrong_is_told_with_what_there_is()
    {
        Train("a", "first", 0.5, depth: 6);
        Assert.Contains("There is no directory", ToolRun.Of("runs", _root.PathOf("none")).Error, StringComparison.Ordinal);
        Assert.Contains("is no condition", ToolRun.Of("runs", _root.Path, "--where", "loss").Error, StringComparison.Ordinal);
        string unknown = ToolRun.Of("runs", _root.Path, "--sort", "colour").Error;
        Assert.Contains("No run has 'colour': use one of run, state, name", unknown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_start_of_a_run_tells_its_commit_its_command_line_and_its_configuration_with_their_types()
    {
        Train("a", "first", 0.5, depth: 6);
        using var reader = new LogReader(_root.PathOf("a"));
        while (reader.Read() && reader.Current.EventName != "RunStarted")
        {
        }

        using JsonDocument line = JsonDocument.Parse(reader.Current.Utf8Json.ToArray());
        JsonElement properties = line.RootElement.GetProperty("properties");
        JsonElement config = properties.EnumerateObject().Single(property => property.Name.Equals("config", StringComparison.OrdinalIgnoreCase)).Value;
        Assert.Equal(JsonValueKind.Number, config.GetProperty("model.depth").ValueKind);
        Assert.Equal(JsonValueKind.True, config.GetProperty("amp").ValueKind);
        Assert.Equal(JsonValueKind.Null, config.GetProperty("nothing").ValueKind);
        Assert.DoesNotContain("hunter2", line.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(properties.EnumerateObject(), property => property.Name.Replace("_", "", StringComparison.Ordinal).Equals("commandline", StringComparison.OrdinalIgnoreCase) && property.Value.GetString()!.Contains("FastTrainLog.Tool.Tests", StringComparison.Ordinal));
    }

    private string[] List(params string[] options)
    {
        (int code, string output, string error) = ToolRun.Of(["runs", _root.Path, "--json", .. options]);
        Assert.Equal((0, ""), (code, error));
        using JsonDocument json = JsonDocument.Parse(output);
        return [.. json.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("run").GetString()!)];
    }

    private void Train(string directory, string id, double loss, int depth, RunOutcome outcome = RunOutcome.Completed)
    {
        using TrainLogging logging = TrainLogging.Create(options =>
            (options.LogDirectory, options.EnableConsoleLogging, options.EnableFileLogging, options.ResourceInterval) = (_root.PathOf(directory), false, false, TimeSpan.Zero));
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions
        {
            Model = "M",
            RunId = id,
            Name = $"run of {id}",
            Group = "sweep",
            Tags = ["baseline", "small"],
            Config = new Dictionary<string, object?>
            {
                ["model"] = new Dictionary<string, object?> { ["depth"] = depth },
                ["optimizer"] = new Dictionary<string, object?> { ["betas"] = new[] { 0.9, 0.999 } },
                ["hub"] = new Dictionary<string, object?> { ["api_key"] = "hunter2", ["address"] = "https://me:hunter2@hub.example/data" },
                ["amp"] = true,
                ["seed"] = 9007199254740992 + (depth / 12),
                ["nothing"] = null,
            },
        });
        for (int step = 1; step <= 10; step++)
        {
            run.LogStep(1, step, loss, 1e-3);
        }

        run.LogValidation(1, 10, 0.4);
        run.End(outcome, finalLoss: loss);
    }
}
