using System.Text.Json;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Snapshots;

/// <summary>The snapshots that a log keeps of its runs on the disk.</summary>
public sealed class SnapshotFileTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_run_has_a_snapshot_beside_its_log_while_it_trains_and_at_its_end()
    {
        using TrainLogging logging = Create(TimeSpan.FromMilliseconds(100));
        using TrainingRun run = Start(logging, "a run/with: what no file name has");
        run.LogStep(1, 1, 0.5, 1e-3);
        Assert.True(Eventually.Is(() => LastStep(Files().SingleOrDefault()) == 1, Long));
        run.LogStep(1, 2, 0.25, 1e-3);
        Assert.True(Eventually.Is(() => LastStep(Files().Single()) == 2, Long));
        run.End(success: true);
        Assert.True(Eventually.Is(() => Outcome(Files().Single()) == "completed", Long));
        Assert.StartsWith("a%20run%2Fwith%3A%20what", Path.GetFileName(Files().Single()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_a_run_and_of_the_log_write_what_is_missing_however_long_the_interval_is()
    {
        using (TrainLogging logging = Create(TimeSpan.FromHours(1)))
        {
            for (int i = 0; i < 40; i++)
            {
                using TrainingRun run = Start(logging, $"run-{i}");
                run.LogStep(1, i, 0.5, 1e-3);
                run.End(success: true);
            }

            Assert.True(Eventually.Is(() => Files().Length == 40 && Files().All(file => Outcome(file) == "completed"), Long));
            Start(logging, "open").LogStep(1, 7, 0.5, 1e-3);
        }

        Assert.Equal(41, Files().Length);
        Assert.Equal(7, LastStep(_directory["snapshots/open-0.json"]));
    }

    [Fact]
    public void What_an_earlier_process_left_of_a_run_stays_where_the_run_is_resumed()
    {
        foreach (long step in new[] { 10, 20, 30 })
        {
            using TrainLogging logging = Create(TimeSpan.FromHours(1));
            using TrainingRun run = Start(logging, "resumed");
            run.LogStep(1, step, 0.5, 1e-3);
        }

        Assert.Equal(["resumed-0.1.json", "resumed-0.2.json", "resumed-0.json"], Files().Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Equal([10L, 20, 30], new[] { "resumed-0.1.json", "resumed-0.2.json", "resumed-0.json" }.Select(name => LastStep(_directory["snapshots/" + name])));
    }

    [Fact]
    public void Zero_turns_it_off_and_a_log_without_files_keeps_none()
    {
        foreach (bool files in new[] { true, false })
        {
            using TrainLogging logging = TrainLogging.Create(options =>
            {
                (options.LogDirectory, options.EnableConsoleLogging, options.EnableFileLogging, options.EnableJsonLogging) = (_directory.Path, false, files, files);
                options.SnapshotInterval = files ? TimeSpan.Zero : options.SnapshotInterval;
            });
            using TrainingRun run = Start(logging, "none");
            run.LogStep(1, 1, 0.5, 1e-3);
        }

        Assert.False(Directory.Exists(_directory["snapshots"]));
    }

    [Fact]
    public void A_snapshot_that_cannot_be_written_is_reported_and_tried_again()
    {
        File.WriteAllText(_directory["snapshots"], "in its way");
        using (TrainLogging logging = Create(TimeSpan.FromMilliseconds(100)))
        using (TrainingRun run = Start(logging, "late"))
        {
            run.LogStep(1, 1, 0.5, 1e-3);
            Assert.True(Eventually.Is(() => logging.Flush() && File.ReadAllText(_directory["errors.log"]).Contains("snapshot of run late could not be written", StringComparison.Ordinal), Long));
            File.Delete(_directory["snapshots"]);
            Assert.True(Eventually.Is(() => Directory.Exists(_directory["snapshots"]) && Files().Length == 1, Long));
        }

        Assert.Equal(1, LastStep(Files().Single()));
    }

    private TrainLogging Create(TimeSpan interval) => TrainLogging.Create(options =>
        (options.LogDirectory, options.EnableConsoleLogging, options.ResourceInterval, options.SnapshotInterval) = (_directory.Path, false, TimeSpan.Zero, interval));

    private static TrainingRun Start(TrainLogging logging, string id) => TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", RunId = id });

    private string[] Files() => Directory.Exists(_directory["snapshots"]) ? Directory.GetFiles(_directory["snapshots"], "*.json").Where(file => file.EndsWith(".json", StringComparison.Ordinal)).ToArray() : [];

    private static long? LastStep(string? file)
    {
        if (file is null)
        {
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        return json.RootElement.GetProperty("training_progress") is { ValueKind: JsonValueKind.Object } progress ? progress.GetProperty("step").GetInt64() : null;
    }

    private static string? Outcome(string file)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        return json.RootElement.GetProperty("outcome").GetString();
    }
}
