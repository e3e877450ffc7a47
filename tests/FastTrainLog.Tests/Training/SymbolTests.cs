using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class SymbolTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Symbols_stand_before_the_messages_in_lines_of_text_where_they_are_wanted(bool wanted)
    {
        using var directory = new TemporaryDirectory();
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.EnableSymbols) = (directory.Path, false, wanted);
            o.ResourceInterval = TimeSpan.Zero;
        }))
        {
            using TrainingRun run = TrainingRun.Start(logging, RunLog.Options);
            run.LogStep(1, 1, 0.5, 0.1);
            run.LogValidation(1, 1, 0.25);
            run.LogCheckpoint(1, 1, 0.25, "best.bin");
            run.LogModelOperation("model_loading", "DemoModel", success: true);
            run.End(success: true);
        }

        string progress = File.ReadAllText(directory["training_progress.log"]);
        foreach (string line in new[] { "🚀 Training started", "🏆 BEST Validation", "💾 Checkpoint saved", "✅ Training completed" })
        {
            Assert.Contains(wanted ? $" - INFO - {line}" : $" - INFO - {line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]}", progress, StringComparison.Ordinal);
        }

        Assert.Contains(" - INFO - Epoch 1, Step 1/150", progress, StringComparison.Ordinal);
        Assert.Equal(wanted, File.ReadAllText(directory["model_operations.log"]).Contains("✅ model_loading_success", StringComparison.Ordinal));
        Assert.DoesNotContain("✅", File.ReadAllText(directory["run.jsonl"]), StringComparison.Ordinal);
    }
}
