using FastTrainLog;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using FastTrainLogConsole;

const int Steps = 600;
const int BatchSize = 64;
const int ValidateEvery = 100;
const double LearningRate = 0.2;

var data = new SpiralData(seed: 1);
var model = new Classifier(seed: 2);

// Everything that is logged goes to logs/. Look at it with: fasttrainlog analyze logs
using TrainLogging logging = TrainLogging.Create();
using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Classifier", TotalSteps = Steps, BatchSize = BatchSize, LearningRate = LearningRate });
using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(5.0) });

for (int step = 1; step <= Steps; step++)
{
    int epoch = 1 + ((step - 1) / ValidateEvery);
    double loss = model.ForwardBackward(data.Batch(BatchSize));

    // Measures the gradients, scales them down where their norm is above the limit, and tells of NaN.
    GradientStatistics gradients = clipper.Clip(model.Gradients, step);
    if (!gradients.FoundInf)
    {
        model.Update(LearningRate);
    }

    run.LogStep(epoch, step, loss, LearningRate, gradients);

    if (step % ValidateEvery == 0)
    {
        (double validationLoss, double accuracy) = model.Evaluate(data.Validation);
        bool isBest = run.LogValidation(epoch, step, validationLoss, [("accuracy", accuracy)]);
        if (isBest)
        {
            run.SaveCheckpoint(epoch, step, validationLoss, "best.bin", model.Save);
        }

        logging.GetLogger(LogCategories.Main).Validated(epoch, accuracy);
    }
}

run.End(success: true);
