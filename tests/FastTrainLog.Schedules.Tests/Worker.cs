namespace FastTrainLog.Schedules.Tests;

/// <summary>One thread of an execution. Threads serve one execution after another, unless an execution ends them: to start them would take most of the time.</summary>
internal sealed class Worker
{
    private static readonly Dictionary<Thread, Worker> Workers = [];

    private readonly SemaphoreSlim _turn = new(0);
    private Action? _body;

    private Worker(int index)
    {
        Index = index;
        Thread = new Thread(Run) { IsBackground = true };
    }

    public int Index { get; }

    public Thread Thread { get; }

    public Execution Execution { get; private set; } = null!;

    public WorkerState State { get; set; }

    public StoreBuffer Stores { get; } = new();

    public static Worker? Of(Thread thread)
    {
        lock (Workers)
        {
            return Workers.GetValueOrDefault(thread);
        }
    }

    /// <summary>Gives an execution its threads, which begin when it is their turn.</summary>
    public static Worker[] Take(Execution execution, Action[] bodies)
    {
        lock (Workers)
        {
            // Those of an execution that ended its threads serve no other.
            if (execution.EndsThreads || Workers.Values.Any(worker => worker.Execution.EndsThreads))
            {
                EndAll();
            }

            while (Workers.Count < bodies.Length)
            {
                var worker = new Worker(Workers.Count);
                Workers.Add(worker.Thread, worker);
            }

            Worker[] taken = [.. Workers.Values.Where(worker => worker.Index < bodies.Length).OrderBy(worker => worker.Index)];
            foreach (Worker worker in taken)
            {
                (worker.Execution, worker._body, worker.State) = (execution, bodies[worker.Index], WorkerState.Runs);
                worker.Stores.Clear();
            }

            return taken;
        }
    }

    /// <summary>Lets the thread run.</summary>
    public void Go()
    {
        if (Thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            Thread.Start();
        }

        _turn.Release();
    }

    /// <summary>Waits until the thread may run.</summary>
    public void AwaitTurn() => _turn.Wait();

    // Also what earlier executions left to be freed: the next one begins with none of it.
    private static void EndAll()
    {
        foreach (Worker worker in Workers.Values)
        {
            worker._body = null;
            worker.Go();
            worker.Thread.Join();
        }

        Workers.Clear();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private void Run()
    {
        Schedule.Become(this);
        bool isLast;
        do
        {
            AwaitTurn();
            if (_body is null)
            {
                return;
            }

            // After the execution's end, the worker's may be the next one.
            isLast = Execution.EndsThreads;
            try
            {
                _body();
            }
            catch (ExecutionEndedException)
            {
                // Another thread's failure ended the execution.
            }
            catch (Exception exception)
            {
                Execution.Fail(exception);
            }

            Stores.Drain();
            State = WorkerState.HasEnded;
            Execution.End();
        }
        while (!isLast);
    }
}

/// <summary>What a thread does.</summary>
internal enum WorkerState
{
    Runs,
    Waits,
    HasEnded,
}

/// <summary>Ends the threads of an execution that has failed.</summary>
internal sealed class ExecutionEndedException : Exception;
