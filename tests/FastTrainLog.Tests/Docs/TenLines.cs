using FastTrainLog.Gradients;
using FastTrainLog.Training;

namespace FastTrainLog.Tests.Docs;

/// <summary>The loop that the README shows; <see cref="SnippetTests"/> compares the two and runs this one.</summary>
internal static class TenLines
{
    public static double Train()
    {
        // #ten-lines
        var model = new TinyModel();
        const double learningRate = 0.1;

        using TrainLogging logging = TrainLogging.Create();
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "MyModel", TotalSteps = 1000, BatchSize = 32 });
        using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) });

        for (int step = 1; step <= 1000; step++)
        {
            double loss = model.ForwardBackward();
            GradientStatistics gradients = clipper.Clip(model.Gradients, step);
            if (!gradients.FoundInf) model.Update(learningRate);
            run.LogStep(epoch: 1, step, loss, learningRate, gradients);
        }

        run.End(success: true);
        // #
        return model.Weight;
    }
}
