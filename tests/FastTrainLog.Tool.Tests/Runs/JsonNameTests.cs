using System.Text.Json;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tool.Tests.Runs;

/// <summary>Every JSON document and line has its names in snake case, and says its version; what version 1 wrote is still read.</summary>
public sealed class JsonNameTests : IDisposable
{
    private readonly LogDirectory _log = new();

    [Fact]
    public void Every_name_of_the_library_is_in_snake_case_and_the_users_names_are_theirs()
    {
        string snapshot;
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_log.Path, false)))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = 300, BatchSize = 32, RunId = "r" });
            for (int step = 1; step <= 300; step++)
            {
                run.LogStep(1, step, 1.0 / step, 0.1, metrics: [new("topFive", 0.5)]);
            }

            run.LogValidation(1, 300, 0.5, [new("valAccuracy", 0.5)]);
            run.LogError(new InvalidOperationException("x"), "operation");
            run.LogPerformance("forward", TimeSpan.FromSeconds(1));
            Assert.True(logging.Flush());
            snapshot = logging.Snapshot().ToJson();
            run.End(success: true);
        }

        Check(snapshot);
        Check(ToolRun.Of("analyze", _log.Path, "--json").Output);
        Check(ToolRun.Of("compare", _log.Path, "--json").Output);
        Check(ToolRun.Of("doctor", _log.Path, "--json").Output);
        foreach (string line in File.ReadLines(_log.PathOf("run.jsonl")))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            Assert.All(record.RootElement.EnumerateObject(), static member => Assert.Matches("^[a-z]+(_[a-z]+)*$", member.Name));
            Assert.True(record.RootElement.GetProperty("event_id").GetInt32() > 0);
        }
    }

    [Fact]
    public void Lines_of_version_1_are_read_by_every_command_also_beside_new_ones()
    {
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (_log.Path, false)))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = 3, RunId = "r" });
            for (int step = 1; step <= 3; step++)
            {
                run.LogStep(1, step, 1.0 / step, 0.1);
            }

            run.End(success: true);
        }

        string[] now = File.ReadAllLines(_log.PathOf("run.jsonl"));
        string compared = Compared();
        string tail = ToolRun.Of("tail", _log.Path, "--no-follow", "--event", "1001").Output;
        Assert.Contains("Step 3/3", tail, StringComparison.Ordinal);
        string[] old = [.. now.Select(static line => line.Replace("\"event_id\":", "\"eventId\":", StringComparison.Ordinal))];
        Assert.NotEqual(now, old);
        foreach (string[] lines in new[] { old, [.. old.Take(now.Length / 2), .. now.Skip(now.Length / 2)] })
        {
            File.WriteAllLines(_log.PathOf("run.jsonl"), lines);
            Assert.Equal(3, _log.Analyze().Progress.Steps);
            Assert.Equal(compared, Compared());
            Assert.Equal(tail, ToolRun.Of("tail", _log.Path, "--no-follow", "--event", "1001").Output);
        }

        string Compared() => ToolRun.Of("compare", _log.Path, "--json").Output;
    }

    [Fact]
    public void The_convention_stands_in_one_place()
    {
        string[] sources = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories);
        Assert.Equal(["JsonForm.cs"], sources.Where(static file => File.ReadAllText(file).Contains("SnakeCase", StringComparison.Ordinal)).Select(Path.GetFileName));
    }

    public void Dispose() => _log.Dispose();

    private static void Check(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(2, document.RootElement.GetProperty("version").GetInt32());
        Check(document.RootElement, isUsers: false);
    }

    // What users named stands below these.
    private static void Check(JsonElement element, bool isUsers)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            Assert.All(element.EnumerateArray(), item => Check(item, isUsers));
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in element.EnumerateObject())
            {
                if (!isUsers)
                {
                    Assert.Matches("^[a-z0-9]+(_[a-z0-9]+)*$", member.Name);
                }

                Check(member.Value, member.Name is "metrics" or "validation_metrics" or "val_metrics" or "configuration" or "configuration_differences" or "series" or "by_category" or "common" or "in_common" or "additional_data" or "recoveries");
            }
        }
    }
}
