namespace FastTrainLog.Schedules.Tests;

/// <summary>What the stepped library calls in place of what it would do itself: here threads are stopped and chosen.</summary>
public static class Schedule
{
    [ThreadStatic]
    private static Worker? Current;

    /// <summary>Before an access to memory that threads share: another thread may run first.</summary>
    public static void Point() => Current?.Execution.Step(Current, WorkerState.Runs);

    /// <summary>Before a lock is taken: a thread that is not chosen there may be waiting for it.</summary>
    public static void LockPoint()
    {
        Current?.Execution.Step(Current, WorkerState.Waits);
        Current?.Execution.Drain(Current);
    }

    /// <summary>Before an interlocked operation: another thread may run first, and what this one stored before is visible then.</summary>
    public static void FencePoint()
    {
        Point();
        Current?.Execution.Drain(Current);
    }

    /// <summary>In place of <see cref="Interlocked.MemoryBarrierProcessWide"/>.</summary>
    public static void FenceAll() => Current?.Execution.DrainAll();

    /// <summary>In place of the load of a shared place.</summary>
    public static T Load<T>(ref T place) => Current is null ? place : Current.Stores.Load(ref place);

    /// <summary>In place of a store to a shared place; releases if other threads that see it see all that was stored before.</summary>
    public static void Store<T>(ref T place, T value, bool releases)
    {
        if (Current is null)
        {
            place = value;
            return;
        }

        Current.Execution.Store(Current, ref place, value, releases);
    }

    /// <summary>In place of <see cref="Volatile.Write{T}(ref T, T)"/>.</summary>
    public static void Release<T>(ref T place, T value) => Store(ref place, value, releases: true);

    /// <summary>In place of a store to memory by its address.</summary>
    public static void StoreAt(ref long place, long value) => Store(ref place, value, releases: false);

    /// <summary>Where the address of a shared field is taken.</summary>
    public static ref T FieldOf<T>(object owner, ref T field)
    {
        Current?.Execution.Note(Current, owner, ref field);
        return ref field;
    }

    /// <summary>In place of the load of a shared field.</summary>
    public static T LoadField<T>(object owner, ref T field) => Load(ref FieldOf(owner, ref field));

    /// <summary>In place of a store to a shared field.</summary>
    /// <remarks>A reference that is stored publishes what it refers to.</remarks>
    public static void StoreField<T>(object owner, ref T field, T value, bool releases) =>
        Store(ref FieldOf(owner, ref field), value, releases || (!typeof(T).IsValueType && value is not null));

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
