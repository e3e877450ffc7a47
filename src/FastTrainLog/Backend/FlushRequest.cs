namespace FastTrainLog.Backend;

/// <summary>A wait until all that is committed now is written: by the backend, and by the sinks that have their own threads.</summary>
/// <remarks>Thread-safe. The backend registers all sinks before it arrives itself, so the task cannot end early.</remarks>
internal sealed class FlushRequest
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited = 1;
    private volatile bool _failed;

    /// <summary>Gets the task: whether all was written.</summary>
    public Task<bool> Task => _done.Task;

    public void Expect() => Interlocked.Increment(ref _awaited);

    /// <summary>Notes that something is not written; the arrival follows.</summary>
    public void Fail() => _failed = true;

    public void Arrive()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
        {
            _done.TrySetResult(!_failed);
        }
    }
}
