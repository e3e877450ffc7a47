using FastTrainLog.Control;
using FastTrainLog.Training;

namespace FastTrainLog.Tests.Docs;

internal static class ControlExamples
{
    public static RunSummary Train(TrainLogging logging, Func<double, double> train, Action<string> save, CancellationToken cancellationToken)
    {
        // #train
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "MyModel", TotalSteps = 1000, EnableControl = true });
        long step = 0;
        double loss = double.NaN;
        run.Control.OnCheckpoint = () => run.SaveCheckpoint(epoch: 1, step, loss, "checkpoints/on-command.bin", save);

        while (step < 1000 && run.Control.Continue(cancellationToken))
        {
            step++;
            double learningRate = run.Control.Value("learning_rate", 0.1);
            loss = train(learningRate);
            run.LogStep(epoch: 1, step, loss, learningRate);
        }

        RunSummary summary = run.End(success: true);
        // #
        return summary;
    }

    public static async Task Steer(string logDirectory)
    {
        // #steer
        foreach (ControlledRun run in await ControlledRun.FindAsync(logDirectory))
        {
            Console.WriteLine($"{run.Status.RunId}/{run.Status.Rank} is {run.Status.State} at step {run.Status.Step} of {run.Status.TotalSteps}");
            foreach (ControlledValue value in run.Status.Values)
            {
                Console.WriteLine($"{value.Name}: {value.Set ?? value.Own}");
            }

            ControlReply reply = await run.SendAsync(ControlCommand.Set("learning_rate", 0.0005) with { Source = "dashboard" });
            Console.WriteLine(reply.Accepted ? reply.Message : $"refused: {reply.Message}");
        }
        // #
    }
}
