namespace FastTrainLog.ZLogger;

/// <summary>Keeps states that ZLogger is done with for the records to come.</summary>
/// <remarks>Thread-safe: the backend takes, ZLogger's writers give back.</remarks>
internal sealed class ZLoggerStatePool
{
    // What a burst leaves behind beyond this is garbage; ZLogger's own queue has no bound by default.
    private const int MostKept = 4096;

    private readonly Stack<ZLoggerState> _states = [];
    private readonly Lock _lock = new();

    public ZLoggerState Rent()
    {
        ZLoggerState? state;
        lock (_lock)
        {
            _states.TryPop(out state);
        }

        state ??= new ZLoggerState(this);
        state.Retain();
        return state;
    }

    public void Return(ZLoggerState state)
    {
        lock (_lock)
        {
            if (_states.Count < MostKept)
            {
                _states.Push(state);
            }
        }
    }
}
