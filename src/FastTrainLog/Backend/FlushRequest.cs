namespace FastTrainLog.Backend;

/// <summary>A wait for all that is committed now to be written: by the backend, and by the sinks that have threads of their own.</summary>
/// <remarks>Thread-safe. The backend arrives last of all that it lets expect, so the task cannot end early.</remarks>
internal sealed class FlushRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _awaited = 1;

    public Task Task => _done.Task;

    public void Expect() => Interlocked.Increment(ref _awaited);

    public void Arrive()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
        {
            _done.TrySetResult();
        }
    }
}
