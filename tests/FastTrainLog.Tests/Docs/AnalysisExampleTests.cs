using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Docs;

public sealed class AnalysisExampleTests
{
    [Fact]
    public void The_examples_read_what_a_run_has_logged()
    {
        string directory = Directory.CreateTempSubdirectory("ftl-analysis-").FullName;
        string page = Path.Combine(directory, "run.html");
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (directory, false)))
        {
            TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "TinyModel", TotalSteps = 3 });
            for (int step = 1; step <= 3; step++)
            {
                run.LogStep(epoch: 1, step, loss: 1.0 / step, learningRate: 0.1);
            }

            run.End(success: true);
        }

        AnalysisExamples.Analyse(directory, page);

        Assert.Contains("TinyModel", File.ReadAllText(page));
        Assert.Equal([1.0, 0.5, 1.0 / 3.0], AnalysisExamples.Read(directory));
        Directory.Delete(directory, recursive: true);
    }
}
