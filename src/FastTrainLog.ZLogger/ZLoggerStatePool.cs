namespace FastTrainLog.ZLogger;

/// <summary>Pools the states that ZLogger has finished with for reuse.</summary>
/// <remarks>Thread-safe: the backend rents, ZLogger's writers return.</remarks>
internal sealed class ZLoggerStatePool
{
    // States of a burst beyond this are garbage; ZLogger's own queue is unbounded by default.
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
