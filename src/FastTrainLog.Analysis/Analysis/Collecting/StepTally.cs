using FastTrainLog.Monitoring;
using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Counts the steps of a run, and their speed, as the run's own console does.</summary>
internal sealed class StepTally
{
    private StepSpeed _speed = new();

    /// <inheritdoc cref="StepSpeed.Steps"/>
    public long Steps => _speed.Steps;

    /// <inheritdoc cref="StepSpeed.LastStep"/>
    public long? LastStep => _speed.LastStep;

    /// <inheritdoc cref="StepSpeed.LastTime"/>
    public DateTime LastTime => _speed.LastTime;

    /// <inheritdoc cref="StepSpeed.Throughput"/>
    public double? Throughput => _speed.Throughput;

    /// <inheritdoc cref="StepSpeed.StepsPerSecond"/>
    public double? StepsPerSecond => _speed.StepsPerSecond;

    /// <inheritdoc cref="StepSpeed.BeginSession"/>
    public void BeginSession() => _speed.BeginSession();

    /// <inheritdoc cref="StepSpeed.Exclude"/>
    public void Exclude(TimeSpan pause) => _speed.Exclude(pause);

    public void Carry(StateCodec codec) => codec.Value(ref _speed);

    /// <summary>Counts a record.</summary>
    public void Add(in StepFields step) => _speed.Add(step.Step, step.Seconds, step.Throughput, step.Time);
}
