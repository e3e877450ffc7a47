using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Docs;

public sealed class TrainingLogExampleTests
{
    [Fact]
    public void The_log_that_the_document_sets_up_writes_where_it_says()
    {
        string directory = Directory.CreateTempSubdirectory("ftl-setting-up-").FullName;
        SettingUp.Run(directory);
        Assert.Single(File.ReadAllLines(Path.Combine(directory, "augmentation.log")));
        Assert.Empty(File.ReadAllLines(Path.Combine(directory, "main.log")));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Each_example_leaves_the_event_that_the_table_names()
    {
        string directory = Directory.CreateTempSubdirectory("ftl-examples-").FullName;
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory, false)))
        {
            float[] gradient = GC.AllocateArray<float>(4, pinned: true);
            using var clipper = new GradientClipper();
            TrainingRun run = TrainingLogExamples.Start(logging);
            TrainingLogExamples.Step(run, clipper, [GradientBuffer.FromPinnedArray("layer_1", gradient)]);
            TrainingLogExamples.Follow(run, [GradientBuffer.FromPinnedArray("layer_1", gradient)]);
            TrainingLogExamples.Checkpoint(run, Path.Combine(directory, "best.bin"), path => File.WriteAllText(path, "model"));
            TrainingLogExamples.Issue(run);
            TrainingLogExamples.Error(run, () => throw new OutOfMemoryException("CUDA out of memory"));
            TrainingLogExamples.Performance(run);
            TrainingLogExamples.Model(run);
            TrainingLogExamples.System(run);
            TrainingLogExamples.Operations(run, () => [1f], weights => weights[0]);
            Assert.True(logging.Flush());
            TrainingLogExamples.Snapshot(logging, run);
            TrainingLogExamples.End(run);
            TrainingRun.Start(logging, new TrainingRunOptions { Model = "DemoModel", RunId = "my-run" }).End(RunOutcome.Cancelled);
            TrainingLogExamples.Resume(logging).End(success: true);
        }

        HashSet<int> events = [.. File.ReadLines(Path.Combine(directory, "run.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event_id").GetInt32())];
        Assert.Superset(
            new HashSet<int>
            {
                TrainingEvents.RunStarted, TrainingEvents.Step, TrainingEvents.EpochEnded, TrainingEvents.RunCompleted, TrainingEvents.BestValidation,
                TrainingEvents.CheckpointSaved, TrainingEvents.NumericalIssue, TrainingEvents.GradientHealth, TrainingEvents.GradientGuard,
                TrainingEvents.GradientLayer, TrainingEvents.GradientHistogram, TrainingEvents.ErrorWithContext, TrainingEvents.ErrorSummary,
                TrainingEvents.Performance, TrainingEvents.ModelOperationStarted, TrainingEvents.ModelOperationSucceeded, TrainingEvents.SystemEvent, TrainingEvents.SystemStatistics,
            },
            events);
        Directory.Delete(directory, recursive: true);
    }
}
