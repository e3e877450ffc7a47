namespace FastTrainLog.Schedules.Tests;

/// <summary>What the stepped library calls in place of what it would do itself: here threads are stopped and chosen.</summary>
public static class Schedule
{
    [ThreadStatic]
    private static Worker? Current;

    /// <summary>Before an access to memory that threads share: another thread may run first.</summary>
    public static void Point() => Current?.Execution.Step(Current, WorkerState.Runs);

    /// <summary>Before a lock is taken: a thread that is not chosen there may be waiting for it.</summary>
    public static void LockPoint() => Current?.Execution.Step(Current, WorkerState.Waits);

    /// <summary>A wait of the thread, which may end at any time.</summary>
    public static void Sleep() => Current!.Execution.Wait(Current);

    /// <summary>Waits for the system's ends of the threads that have nothing more to do.</summary>
    public static void AwaitEnds()
    {
        Point();
        Current!.Execution.AwaitEnds();
    }

    /// <summary>What threads had that have ended is freed here: the finalizers run as one step of this thread.</summary>
    public static void CollectEnded()
    {
        AwaitEnds();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    /// <summary>In place of <see cref="WaitHandle.WaitOne(TimeSpan)"/>: the time may be over at any moment.</summary>
    public static bool WaitOne(WaitHandle handle, TimeSpan timeout)
    {
        if (Current is null)
        {
            return handle.WaitOne(timeout);
        }

        Sleep();
        return handle.WaitOne(TimeSpan.Zero);
    }

    /// <summary>In place of <see cref="Thread.ThreadState"/>: a thread that was merely not chosen does not sleep.</summary>
    public static ThreadState StateOf(Thread thread) => Worker.Of(thread) is { State: WorkerState.Waits } ? ThreadState.WaitSleepJoin : ThreadState.Running;

    /// <summary>In place of <see cref="Thread.IsAlive"/>: until the end of what the thread does in the scenario.</summary>
    public static bool IsAlive(Thread thread) => Worker.Of(thread) is not { State: WorkerState.HasEnded };

    internal static void Become(Worker worker) => Current = worker;
}
