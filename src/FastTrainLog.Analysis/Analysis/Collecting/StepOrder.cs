using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds where the steps of a run go back: after it was resumed, or returned to a checkpoint.</summary>
/// <remarks>The records of one run are added in the order of the log. Not thread-safe.</remarks>
internal sealed class StepOrder
{
    private long _last = long.MinValue;
    private bool _isFirstOfSession;

    /// <summary>Gets or sets where the run is: to go on from there in the records that follow.</summary>
    public StepPlace Place
    {
        get => new(_last == long.MinValue ? null : _last, _isFirstOfSession);
        set => (_last, _isFirstOfSession) = (value.LastStep ?? long.MinValue, value.IsFirstOfSession);
    }

    /// <summary>Notes that a process begins or resumes the run.</summary>
    public void BeginSession() => _isFirstOfSession = true;

    /// <summary>Notes the record of a step.</summary>
    /// <returns>Whether the run has gone back to it.</returns>
    public bool GoesBack(long step)
    {
        // A step may have several records, but not from two processes.
        bool goesBack = step < _last || (step == _last && _isFirstOfSession);
        _last = step;
        _isFirstOfSession = false;
        return goesBack;
    }

    /// <summary>Serialises the state that is kept from one record to the next.</summary>
    public void Carry(StateCodec codec)
    {
        codec.Value(ref _last);
        codec.Value(ref _isFirstOfSession);
    }
}
