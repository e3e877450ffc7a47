using FastTrainLog;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using TorchSharp;
using TorchSharp.Modules;
using TorchTraining.Model;
using TorchTraining.Text;

namespace TorchTraining;

/// <summary>The training of the transformer, from the first batch, or the last checkpoint, to the sentences of the best one.</summary>
internal sealed class TrainingSession : IDisposable
{
    private const int BatchSize = 32;
    private const int StepsInEpoch = 50;
    private const int HeldOutSentences = 200;
    private const int WrittenSentences = 100;
    private const double HighestLearningRate = 1e-2;
    private const int HeldOutSeed = -1;
    private const string ModelName = "CharacterTransformer";

    private readonly SampleOptions _options;
    private readonly CancellationToken _interruption;
    private readonly CharacterTransformer _model;
    private readonly AdamW _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly SentenceBatch _heldOut = SentenceBatch.Draw(HeldOutSeed, HeldOutSentences, heldOut: true);
    private readonly GradientClipper _clipper = new(new GradientClipperOptions
    {
        Limit = GradientLimit.L2Norm(1.0),
        LayersEvery = StepsInEpoch,
        HistogramEvery = StepsInEpoch,
    });

    private readonly string _directory;
    private Checkpoint _progress;

    /// <summary>Makes the model, or reads it from the last checkpoint.</summary>
    /// <exception cref="UsageException">There is no checkpoint to resume from, or it is at the end already.</exception>
    public TrainingSession(SampleOptions options, CancellationToken interruption)
    {
        _options = options;
        _interruption = interruption;
        _directory = Path.Combine(options.LogDirectory, "checkpoints");
        torch.random.manual_seed(options.Seed);
        _model = new CharacterTransformer();
        _optimizer = torch.optim.AdamW(_model.parameters(), HighestLearningRate, weight_decay: 0.01);
        _progress = options.Resume ? Resume() : new Checkpoint(Guid.NewGuid().ToString("N")[..8], 0, options.Steps, options.Seed, double.PositiveInfinity);
        _schedule = new LearningRateSchedule(HighestLearningRate, _progress.TotalSteps);
    }

    private string Last => Path.Combine(_directory, "last.bin");

    private string Best => Path.Combine(_directory, "best.bin");

    /// <summary>Trains and lets the best model write.</summary>
    /// <returns>What came of it, or null where the run was interrupted.</returns>
    public TrainingOutcome? Run(TrainLogging logging)
    {
        var options = new TrainingRunOptions
        {
            RunId = _progress.RunId,
            Model = ModelName,
            Epochs = (int)((_progress.TotalSteps + StepsInEpoch - 1) / StepsInEpoch),
            TotalSteps = _progress.TotalSteps,
            BatchSize = BatchSize,
            LearningRate = HighestLearningRate,
            Optimizer = "AdamW (TorchSharp)",
        };
        using TrainingRun run = _options.Resume
            ? TrainingRun.Resume(logging, _progress.RunId, _progress.Step + 1, options)
            : TrainingRun.Start(logging, options);
        TrainLogger main = logging.GetLogger(LogCategories.Main);
        run.LogModelOperation("model_creation", ModelName, success: true, details: [new("parameters", _model.parameters().Sum(static p => p.numel())), new("seed", _progress.Seed)]);
        if (_options.Resume)
        {
            main.Resumed(_progress.Step, _progress.TotalSteps, Last);
        }

        run.Follow(_clipper);
        try
        {
            Directory.CreateDirectory(_directory);
            while (_progress.Step < _progress.TotalSteps)
            {
                if (_interruption.IsCancellationRequested || _progress.Step == _options.StopAfter)
                {
                    Save(run, Last);
                    if (_interruption.IsCancellationRequested)
                    {
                        run.End(RunOutcome.Cancelled, "interrupted");
                    }
                    else
                    {
                        run.End(RunOutcome.Stopped, $"stopped after step {_progress.Step}");
                    }

                    return null;
                }

                Step(run);
            }

            return Finish(run, main);
        }
        catch (Exception exception)
        {
            run.End(exception);
            throw;
        }
    }

    public void Dispose()
    {
        _clipper.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
    }

    private int EpochOf(long step) => (int)((step + StepsInEpoch - 1) / StepsInEpoch);

    private void Step(TrainingRun run)
    {
        long step = _progress.Step + 1;
        double learningRate = _schedule.At(step);
        foreach (ParamGroup group in _optimizer.ParamGroups)
        {
            group.LearningRate = learningRate;
        }

        SentenceBatch batch = SentenceBatch.Draw(HashCode(_progress.Seed, step), BatchSize, heldOut: false);
        _optimizer.zero_grad();
        double loss;
        double accuracy;
        using (torch.NewDisposeScope())
        {
            torch.Tensor mean = Loss(batch, out accuracy);
            mean.backward();
            loss = mean.item<float>();
        }

        GradientStatistics gradients = _clipper.Clip(_model, step);
        if (!gradients.FoundInf)
        {
            _optimizer.step();
        }

        int epoch = EpochOf(step);
        run.LogStep(epoch, step, loss, learningRate, gradients, accuracy, BatchSize);
        _progress = _progress with { Step = step };
        if (step % StepsInEpoch == 0 || step == _progress.TotalSteps)
        {
            Validate(run, epoch);
        }
    }

    private void Validate(TrainingRun run, int epoch)
    {
        double loss = Evaluate(out double accuracy);
        run.LogEpoch(epoch, [("validation_loss", loss), ("validation_accuracy", accuracy)]);
        run.LogValidation(epoch, _progress.Step, loss, [("accuracy", accuracy), ("loss_above_grammar", loss - _heldOut.SurpriseOfTheGrammar)]);

        // Not what LogValidation returns: a resumed run has to beat what came before it, too.
        bool best = loss < _progress.BestLoss;
        _progress = best ? _progress with { BestLoss = loss } : _progress;
        if (best)
        {
            Save(run, Best);
        }

        Save(run, Last);
    }

    private TrainingOutcome Finish(TrainingRun run, TrainLogger main)
    {
        OperationResult<Checkpoint> loaded = run.LoadModelSafely(ModelName, () => Checkpoint.Load(Best, LoadState));
        if (!loaded.Success)
        {
            throw new InvalidOperationException($"The best checkpoint, '{Best}', could not be loaded.", loaded.Error);
        }

        double loss = Evaluate(out double accuracy);
        torch.random.manual_seed(_progress.Seed);
        OperationResult<string[]> written = run.InferSafely(ModelName, () => _model.Write(WrittenSentences), WrittenSentences);
        if (!written.Success)
        {
            throw new InvalidOperationException("The best model could not write.", written.Error);
        }

        foreach (string sentence in written.Value![..5])
        {
            main.Wrote(sentence);
        }

        var outcome = new TrainingOutcome(loss, _heldOut.SurpriseOfTheGrammar, [.. written.Value]);
        run.End(success: true, finalLoss: loss, metrics: [("validation_accuracy", accuracy), ("accepted_sentences", outcome.Accepted)]);
        return outcome;
    }

    private double Evaluate(out double accuracy)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using IDisposable inference = torch.no_grad();
        return Loss(_heldOut, out accuracy).item<float>();
    }

    private torch.Tensor Loss(SentenceBatch batch, out double accuracy)
    {
        torch.Tensor targets = batch.Targets();
        torch.Tensor logits = _model.forward(batch.Inputs());
        accuracy = logits.argmax(-1).eq(targets).sum().ToInt64() / (double)batch.Characters;
        return torch.nn.functional.cross_entropy(logits.view(-1, Grammar.Characters.Length), targets.view(-1));
    }

    private void Save(TrainingRun run, string path) =>
        run.SaveCheckpoint(EpochOf(_progress.Step), _progress.Step, _progress.BestLoss, path, file => _progress.Save(file, _model, _optimizer));

    private Checkpoint Resume()
    {
        if (!File.Exists(Last))
        {
            throw new UsageException($"There is nothing to resume: '{Last}' is not there. Leave --resume out, or give the --log-dir of the run.");
        }

        Checkpoint checkpoint = Checkpoint.Load(Last, LoadState);
        return checkpoint.Step < checkpoint.TotalSteps
            ? checkpoint
            : throw new UsageException($"There is nothing to resume: the run in '{_options.LogDirectory}' has done all its {checkpoint.TotalSteps} steps.");
    }

    private void LoadState(BinaryReader reader)
    {
        _model.load(reader);
        _optimizer.load_state_dict(reader);
    }

    // Of seed and step alone: a resumed run draws what an uninterrupted one would have drawn.
    private static int HashCode(int seed, long step) => unchecked((int)(((uint)seed * 2654435761) + (step * 40503)));
}
