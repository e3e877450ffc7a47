using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>What is remembered of every run of a log.</summary>
internal sealed class RunEntry(string? id, long? rank)
{
    private const string Open = "open";

    private string? _model;
    private DateTime _started;
    private DateTime _ended;
    private string _outcome = Open;
    private string? _reason;
    private long _records;
    private long? _lastStep;
    private long? _totalSteps;
    private double? _lastLoss;

    public string? Id => id;

    public long? Rank => rank;

    public string Name => ToFigures().Name;

    public void Add(in StoredRecord record)
    {
        DateTime time = record.Time;
        _started = _records++ == 0 || time < _started ? time : _started;
        _ended = time > _ended ? time : _ended;
        if (record.Category != LogCategories.TrainingProgress)
        {
            return;
        }

        switch (record.EventId)
        {
            case TrainingEvents.Step:
                _lastStep = record.GetInt64("Step"u8);
                _lastLoss = record.GetDouble("Loss"u8);
                break;
            case TrainingEvents.RunStarted:
                _model = record.GetText("Model"u8);
                _totalSteps = record.GetInt64("TotalSteps"u8);
                _outcome = Open;
                break;
            case TrainingEvents.RunCompleted:
                _outcome = "completed";
                break;
            case TrainingEvents.RunFailed:
                _outcome = "failed";
                _reason = record.GetText("Reason"u8);
                break;
        }
    }

    public RunFigures ToFigures() => new(id, rank, _model, _started, _ended, _outcome, _reason, _records, _lastStep, _totalSteps, _lastLoss);
}
