using FastTrainLog.Gradients;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Training;

namespace FastTrainLog.Tests.Docs;

/// <summary>The examples of docs/training-log.md, in the order of its table.</summary>
internal static class TrainingLogExamples
{
    public static TrainingRun Start(TrainLogging logging)
    {
        // #start
        TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions
        {
            Model = "DemoModel",
            Epochs = 5,
            TotalSteps = 150,
            BatchSize = 32,
            LearningRate = 0.001,
            Optimizer = "Adam",
        });
        // #
        return run;
    }

    public static TrainingRun Resume(TrainLogging logging)
    {
        // #resume
        TrainingRun run = TrainingRun.Resume(logging, "my-run", fromStep: 41);
        // #
        return run;
    }

    public static void Step(TrainingRun run, GradientClipper clipper, ReadOnlySpan<GradientBuffer> buffers)
    {
        int epoch = 1;
        int step = 10;
        double loss = 2.345678;
        double learningRate = 0.001;

        // #step
        GradientStatistics gradients = clipper.Clip(buffers, step);
        run.LogStep(epoch, step, loss, learningRate, gradients, accuracy: 0.85, metrics: [("batch_loss", loss), ("tokens", 4096)]);
        // #

        // #epoch
        run.LogEpoch(epoch, [("validation_accuracy", 0.91)]);
        // #
    }

    public static void Follow(TrainingRun run, ReadOnlySpan<GradientBuffer> buffers)
    {
        // #follow
        using var clipper = new GradientClipper(new() { Limit = GradientLimit.L2Norm(1.0), LayersEvery = 100, HistogramEvery = 1000 });
        run.Follow(clipper);
        // #
        clipper.Clip(buffers, step: 1000);
    }

    public static void Checkpoint(TrainingRun run, string path, Action<string> save)
    {
        int epoch = 2;
        int step = 50;

        // #validation
        bool best = run.LogValidation(epoch, step, loss: 0.987654, [("accuracy", 94.32), ("correct", 943), ("total", 1000)]);
        // #

        // #checkpoint
        if (best)
        {
            run.SaveCheckpoint(epoch, step, loss: 0.987654, path, save, [("accuracy", 94.32)]);
        }
        // #

        // #saved
        run.LogCheckpoint(epoch, step, loss: 0.987654, path);
        // #
    }

    public static void Issue(TrainingRun run)
    {
        // #issue
        run.LogNumericalIssue(new NumericalIssue(NumericalIssueType.NaN, IssueSeverity.Medium, "layer_2", "gradient_zeroing")
        {
            Step = 100,
            TensorShape = "[32, 64]",
            NaNCount = 2,
        });
        // #
    }

    public static void Error(TrainingRun run, Action forwardPass)
    {
        // #error
        try
        {
            forwardPass();
        }
        catch (Exception error)
        {
            ErrorDiagnosis diagnosis = run.LogError(error, "forward_pass", [new("step", 100), new("batch_size", 32)], recovery: "skip_batch", recovered: true);
            Console.WriteLine(diagnosis.Category);
        }
        // #
    }

    public static void Performance(TrainingRun run)
    {
        // #performance
        run.LogPerformance("data_loading", TimeSpan.FromSeconds(2.345), throughput: 13.62, batchSize: 32);
        // #
    }

    public static void Model(TrainingRun run)
    {
        // #model
        run.LogModelOperation("model_creation", "DemoModel", success: true, details: [new("parameters", 9610)]);
        // #
    }

    public static void System(TrainingRun run)
    {
        // #system
        run.LogSystemEvent("resource_allocation", "Pinned memory reserved", [new("bytes", 1 << 20)]);
        run.LogSystemStatistics("after warm-up");
        // #
    }

    public static void Operations(TrainingRun run, Func<float[]> load, Func<float[], float> infer)
    {
        // #safe
        OperationResult<float[]> model = run.LoadModelSafely("DemoModel", load, attempts: 3, retryPause: TimeSpan.FromSeconds(1));
        if (model.Success)
        {
            OperationResult<float> answer = run.InferSafely("DemoModel", () => infer(model.Value!), samples: 1, details: [new("prompt_length", 12)]);
            Console.WriteLine(answer.Value);
        }
        // #

        // #run
        OperationResult<int> downloaded = run.RunSafely("download", "DemoModel", () => load().Length, attempts: 3);
        // #
        Console.WriteLine(downloaded.Attempts);

        // #scope
        using OperationScope export = run.BeginOperation("export", "DemoModel", [new("format", "onnx")]);
        export.Complete();
        // #
    }

    public static void Snapshot(TrainLogging logging, TrainingRun run)
    {
        // #snapshot
        RunSnapshot now = run.Snapshot();
        Console.WriteLine($"step {now.TrainingProgress?.Step}, best {now.BestValidation?.ValLoss}, lowest loss {now.Series["loss"].Buckets.Min(bucket => bucket.Minimum)}");
        string json = now.ToJson();
        LogSnapshot all = logging.Snapshot();
        // #
        Console.WriteLine(json.Length + all.Runs.Count);
    }

    public static void End(TrainingRun run)
    {
        // #end
        RunSummary summary = run.End(success: true, metrics: [("accuracy", 95.67), ("best_val_loss", 0.098765)]);
        // #
        Console.WriteLine(summary.SuccessRate);
    }
}
