using FastTrainLog.Gradients;
using FastTrainLog.Training;

namespace FastTrainLog.Crash.Child;

/// <summary>One of several processes that train together: all log the same loss and norm at each step, but for the one in trouble.</summary>
internal static class RankOfRun
{
    private const int Steps = 48;
    private const int Trouble = 20;

    public static int Train(string directory, string id, int rank, int ranks, string trouble)
    {
        using TrainLogging logging = TrainLogging.Create(options =>
        {
            options.LogDirectory = directory;
            options.EnableConsoleLogging = false;
            options.EnableFileLogging = false;
            options.ResourceInterval = TimeSpan.Zero;
            options.BlockTimeout = TimeSpan.FromMinutes(1);
            options.ShutdownTimeout = TimeSpan.FromMinutes(1);
        });
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", RunId = id, Rank = rank, WorldSize = ranks, TotalSteps = Steps, BatchSize = 8 });
        for (int step = 1; step <= Steps; step++)
        {
            Thread.Sleep(trouble == "slow" ? 60 : 2);
            double loss = 2.0 / step;
            double norm = 1.0 + (1.0 / step);
            if (trouble == "nan" && step >= Trouble)
            {
                loss = double.NaN;
                run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.NaN, IssueSeverity.High, "fc1.weight") { Step = step, NaNCount = 3 });
            }

            norm *= trouble == "apart" && step >= Trouble ? 1.5 : 1.0;
            run.LogStep(1, step, loss, 1e-3, new GradientStatistics { Step = step, LayerCount = 1, ElementCount = 4, Norm = norm, Coefficient = 1.0 });
        }

        run.End(true);
        return 0;
    }
}
