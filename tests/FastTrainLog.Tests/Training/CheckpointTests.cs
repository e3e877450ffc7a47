using System.Text.Json;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class CheckpointTests
{
    private static readonly TrainingRunOptions Refusing = RunLog.Options with { CheckpointGuard = CheckpointGuard.Refuse };
    private static readonly GradientStatistics Skipped = new() { Step = 5, LayerCount = 1, NaNCount = 1, FirstNonFinite = "fc1", Action = GradientAction.Skipped };
    private static readonly GradientStatistics Damaging = Skipped with { Action = GradientAction.Reported };

    [Fact]
    public void A_checkpoint_is_saved_and_logged_with_its_path_size_and_metrics()
    {
        using var log = new RunLog();
        string path = log.File("model.bin");
        Assert.True(log.Run.SaveCheckpoint(2, 50, 1.234567, path, p => File.WriteAllBytes(p, new byte[123]), [("accuracy", 94.32)]));
        JsonElement record = log.Events(TrainingEvents.CheckpointSaved).Single();
        Assert.Equal($"Checkpoint saved - Epoch 2, Step 50, Loss: 1.234567, Path: {path}, Size: 123 B, accuracy: 94.32", record.GetProperty("message").GetString());
        Assert.Single(log.Events(TrainingEvents.ModelOperationSucceeded));
        Assert.Single(log.Lines("performance.log"), l => l.Contains("checkpoint_saving"));
    }

    [Fact]
    public void A_checkpoint_after_skipped_non_finite_steps_is_flagged_once()
    {
        using var log = new RunLog(Refusing);
        log.Run.LogStep(1, 5, 0.5, 0.001, Skipped);
        log.Run.LogStep(1, 6, 0.5, 0.001, Skipped);
        Assert.True(log.Run.SaveCheckpoint(1, 6, 0.5, log.File("a.bin"), Touch));
        Assert.True(log.Run.SaveCheckpoint(1, 7, 0.5, log.File("b.bin"), Touch));
        JsonElement flagged = log.Properties(TrainingEvents.CheckpointFlagged);
        Assert.Equal(2, flagged.GetProperty("NonFiniteSteps").GetInt32());
        Assert.Contains("kept out", flagged.GetProperty("Consequence").GetString());
        Assert.Single(log.Events(TrainingEvents.CheckpointSaved));
    }

    [Fact]
    public void A_model_that_took_in_non_finite_gradients_is_not_saved_until_one_is_loaded_again()
    {
        using var log = new RunLog(Refusing);
        log.Run.LogStep(1, 5, 0.5, 0.001, Damaging);
        Assert.False(log.Run.SaveCheckpoint(1, 5, 0.5, log.File("a.bin"), _ => Assert.Fail("the file must not be written")));
        Assert.False(log.Run.SaveCheckpoint(1, 6, 0.5, log.File("a.bin"), _ => Assert.Fail("the file must not be written")));
        Assert.True(log.Run.LoadModelSafely("DemoModel", () => 1).Success);
        Assert.True(log.Run.SaveCheckpoint(1, 7, 0.5, log.File("a.bin"), Touch));
        Assert.Equal(2, log.Events(TrainingEvents.CheckpointRefused).Length);
    }

    [Fact]
    public void Where_nothing_is_refused_a_damaged_model_is_flagged_each_time()
    {
        using var log = new RunLog();
        log.Run.LogStep(1, 5, 0.5, 0.001, Damaging);
        Assert.True(log.Run.SaveCheckpoint(1, 5, 0.5, log.File("a.bin"), Touch));
        log.Run.LogCheckpoint(1, 6, 0.5, log.File("a.bin"));
        Assert.All(log.Events(TrainingEvents.CheckpointFlagged), e => Assert.Contains("may be damaged", e.GetProperty("message").GetString()));
        Assert.Equal(2, log.Events(TrainingEvents.CheckpointFlagged).Length);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_an_error_with_its_context_and_passes_through()
    {
        using var log = new RunLog();
        Assert.Throws<IOException>(() => log.Run.SaveCheckpoint(1, 5, 0.5, log.File("a.bin"), _ => throw new IOException("No space left on device")));
        Assert.Empty(log.Events(TrainingEvents.CheckpointSaved));
        JsonElement error = log.Properties(TrainingEvents.ErrorWithContext);
        Assert.Equal(("checkpoint_saving", "InputOutput"), (error.GetProperty("Operation").GetString(), error.GetProperty("Category").GetString()));
    }

    private static void Touch(string path) => File.WriteAllText(path, "model");
}
