using System.Diagnostics;
using DigitsTraining.Data;
using DigitsTraining.Network;
using FastTrainLog;
using FastTrainLog.Gradients;
using FastTrainLog.Training;

namespace DigitsTraining;

/// <summary>The training of the digits' network, from the first batch to the test of the best checkpoint.</summary>
internal sealed class TrainingSession
{
    private const int StepsBetweenLayers = 50;

    private readonly SampleOptions _options;
    private readonly Interruption _interruption;
    private readonly Digits _digits;
    private readonly BatchReader _reader;
    private readonly string _checkpoint;
    private readonly string _checkpointOnCommand;
    private readonly TimeSpan _loadingTime;
    private readonly long _totalSteps;
    private long _step;
    private double _loss = double.NaN;

    public TrainingSession(SampleOptions options, Interruption interruption)
    {
        _options = options;
        _interruption = interruption;
        long started = Stopwatch.GetTimestamp();
        _digits = Digits.Load(options.Seed);
        _loadingTime = Stopwatch.GetElapsedTime(started);
        _reader = new BatchReader(_digits.Training, options.Seed);
        _checkpoint = Path.Combine(options.LogDirectory, "checkpoints", "best.bin");
        _checkpointOnCommand = Path.Combine(options.LogDirectory, "checkpoints", "on-command.bin");
        _totalSteps = (long)options.Epochs * _reader.Count;
        CheckStep("--inject-nan", options.InjectNaN);
        CheckStep("--inject-error", options.InjectError);
    }

    /// <summary>Gets why the training ended before its last step; null where it did not.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Trains and tests.</summary>
    /// <returns>The accuracy on the test digits, or null where the run was interrupted, or stopped by a command.</returns>
    public double? Run(TrainLogging logging)
    {
        var trainer = new Trainer(_options.Seed);
        using var clipper = new GradientClipper(new GradientClipperOptions
        {
            Limit = GradientLimit.L2Norm(_options.MaxNorm),
            LayersEvery = StepsBetweenLayers,
            HistogramEvery = StepsBetweenLayers,
        });
        using var run = TrainingRun.Start(logging, new TrainingRunOptions
        {
            Model = trainer.Model,
            Epochs = _options.Epochs,
            TotalSteps = _totalSteps,
            BatchSize = BatchReader.BatchSize,
            LearningRate = _options.LearningRate,
            Optimizer = trainer.Optimizer,
            EnableControl = true,
        });
        int digits = _digits.Training.Count + _digits.Validation.Count + _digits.Test.Count;
        run.LogSystemEvent("data_loaded", "Handwritten digits are in memory", [new("training", _digits.Training.Count), new("validation", _digits.Validation.Count), new("test", _digits.Test.Count)]);
        run.LogPerformance("data_loading", _loadingTime, throughput: digits / _loadingTime.TotalSeconds);
        run.LogSystemStatistics("data and model in memory");
        run.LogModelOperation("model_creation", trainer.Model, success: true, details: [new("parameters", trainer.ParameterCount), new("seed", _options.Seed)]);
        run.Follow(clipper);
        try
        {
            if (!Train(run, trainer, clipper))
            {
                // Without a signal it was a command, which the run knows of: its outcome is 'stopped' then.
                EndReason = (_interruption.Reason is { } signal ? run.End(RunOutcome.Cancelled, signal) : run.End(success: true)).Reason;
                return null;
            }

            double accuracy = Test(run, trainer);
            return accuracy;
        }
        catch (Exception exception)
        {
            run.End(exception);
            throw;
        }
    }

    private bool Train(TrainingRun run, Trainer trainer, GradientClipper clipper)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_checkpoint)!);
        int epoch = 1;
        run.Control.OnCheckpoint = () => run.SaveCheckpoint(epoch, _step, _loss, _checkpointOnCommand, trainer.Save);
        for (; epoch <= _options.Epochs; epoch++)
        {
            _reader.BeginEpoch();
            for (int i = 0; i < _reader.Count; i++)
            {
                if (!run.Control.Continue(_interruption.Token))
                {
                    return false;
                }

                Step(run, trainer, clipper, epoch, i);
            }

            Validate(run, trainer, epoch);
        }

        return true;
    }

    private void Step(TrainingRun run, Trainer trainer, GradientClipper clipper, int epoch, int index)
    {
        _step++;
        Batch batch = ReadBatch(run, index);
        BatchResult result = trainer.ForwardBackward(batch);
        if (_step == _options.InjectNaN)
        {
            trainer.PoisonGradient();
        }

        double learningRate = run.Control.Value("learning_rate", LearningRate());
        GradientStatistics gradients = trainer.Clip(clipper, _step);
        if (!gradients.FoundInf)
        {
            trainer.Update(learningRate);
        }

        _loss = result.Loss;
        run.LogStep(epoch, _step, result.Loss, learningRate, gradients, result.Accuracy, batch.Count);
    }

    private Batch ReadBatch(TrainingRun run, int index)
    {
        try
        {
            return _step == _options.InjectError
                ? throw new InvalidDataException($"The batch of step {_step} could not be read: --inject-error asked for it.")
                : _reader.Read(index);
        }
        catch (InvalidDataException exception)
        {
            Batch batch = _reader.Read(index);
            run.LogError(exception, "read_batch", [new("step", _step), new("batch", index), new("batch_size", batch.Count)], "read_again", recovered: true);
            return batch;
        }
    }

    private void Validate(TrainingRun run, Trainer trainer, int epoch)
    {
        BatchResult result = trainer.Evaluate(_digits.Validation.All);
        run.LogEpoch(epoch, [("validation_loss", result.Loss), ("validation_accuracy", result.Accuracy)]);
        bool best = run.LogValidation(epoch, _step, result.Loss, [("accuracy", result.Accuracy), ("correct", result.Correct), ("total", result.Count)]);
        if (best)
        {
            run.SaveCheckpoint(epoch, _step, result.Loss, _checkpoint, trainer.Save, [("accuracy", result.Accuracy)]);
        }
    }

    private double Test(TrainingRun run, Trainer trainer)
    {
        OperationResult<bool> loaded = run.LoadModelSafely(trainer.Model, () => { trainer.Load(_checkpoint); return true; }, attempts: 2);
        if (!loaded.Success)
        {
            throw new InvalidOperationException($"The best checkpoint, '{_checkpoint}', could not be loaded.", loaded.Error);
        }

        OperationResult<BatchResult> tested = run.InferSafely(trainer.Model, () => trainer.Evaluate(_digits.Test.All), _digits.Test.Count, details: [new("images", _digits.Test.Count)]);
        if (!tested.Success)
        {
            throw new InvalidOperationException("The best checkpoint could not be tested.", tested.Error);
        }

        run.End(success: true, finalLoss: tested.Value.Loss, metrics: [("test_accuracy", tested.Value.Accuracy), ("test_loss", tested.Value.Loss)]);
        return tested.Value.Accuracy;
    }

    // Half a cosine wave from the first learning rate down to zero (Loshchilov and Hutter 2017, "SGDR").
    private double LearningRate() => _options.LearningRate * 0.5 * (1.0 + Math.Cos(Math.PI * (_step - 1) / _totalSteps));

    private void CheckStep(string option, long? step)
    {
        if (step > _totalSteps)
        {
            throw new UsageException($"The option {option} is {step}, but must be a step from 1 to {_totalSteps}, which {_options.Epochs} epochs have; raise --epochs or choose an earlier step.");
        }
    }
}
