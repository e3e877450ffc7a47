namespace FastTrainLog.Schedules.Tests;

/// <summary>Runs threads one at a time, and changes from one to another where a plan says so.</summary>
/// <remarks>
/// The exploration is that of Musuvathi and Qadeer ("Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007): most
/// faults need few changes of the thread at bad moments, so all places for one change are tried, and many for more. What each thread does between two points is
/// one step. What a step stores reaches the memory at once, or later where the plan says so, see <see cref="StoreBuffer"/>.
/// </remarks>
internal sealed class Execution
{
    /// <summary>The tests that explore: one after the other, as they share the threads.</summary>
    public const string Collection = nameof(Execution);

    // Many times what any execution takes that gets anywhere.
    private const int MostSteps = 20_000;

    private readonly Plan _plan;
    private readonly Worker[] _workers;
    private readonly ManualResetEventSlim _ended = new();
    private readonly List<int> _fences = [];
    private readonly List<int> _plainStores = [];
    private Worker _running;
    private int _nextChange;
    private Exception? _failure;

    private Execution(Plan plan, bool endsThreads, Action[] bodies)
    {
        _plan = plan;
        EndsThreads = endsThreads;
        _workers = Worker.Take(this, bodies);
        _running = _workers[0];
    }

    /// <summary>Gets whether the system's threads start when it is first their turn, and end with what they do; else they serve one execution after another.</summary>
    public bool EndsThreads { get; }

    /// <summary>Gets the points that were passed.</summary>
    public int Steps { get; private set; }

    /// <summary>Runs the threads to their ends.</summary>
    /// <param name="plan">Where it changes from one to another.</param>
    /// <param name="endsThreads">Whether the system's threads end, too.</param>
    /// <param name="bodies">What each does.</param>
    /// <returns>What they passed.</returns>
    public static Passed Run(Plan plan, bool endsThreads, params Action[] bodies)
    {
        var execution = new Execution(plan, endsThreads, bodies);
        execution._running.Go();
        execution._ended.Wait();
        return execution._failure is null
            ? new Passed(execution.Steps, execution._fences, execution._plainStores)
            : throw new InvalidOperationException($"With {plan}: {execution._failure.Message}", execution._failure);
    }

    /// <summary>Passes a point, at which the plan may change to another thread.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="meanwhile">What it does until it is chosen again.</param>
    public void Step(Worker worker, WorkerState meanwhile)
    {
        Count();
        if (_nextChange < _plan.Changes.Count && _plan.Changes[_nextChange].Step <= Steps)
        {
            int to = _plan.Changes[_nextChange++].Thread;
            if (Others(worker) is { Length: > 0 } others)
            {
                worker.State = meanwhile;
                Change(worker, others[to % others.Length]);
                worker.State = WorkerState.Runs;
            }
        }
    }

    /// <summary>Stores, now or when the plan says so.</summary>
    public void Store<T>(Worker worker, ref T place, T value, bool releases)
    {
        if (_plan.Order == MemoryOrder.Sequential)
        {
            place = value;
            return;
        }

        if (!releases)
        {
            _plainStores.Add(Steps);
        }

        worker.Stores.Store(ref place, value, releases, _plan.Until(Steps), Steps, _plan.Order);
    }

    /// <summary>Notes a field of which a thread takes the address.</summary>
    public void Note<T>(Worker worker, object owner, ref T field)
    {
        if (_plan.Order != MemoryOrder.Sequential)
        {
            worker.Stores.Note(owner, ref field);
        }
    }

    /// <summary>Lets all stores of a thread reach the memory.</summary>
    public void Drain(Worker worker)
    {
        if (worker.Stores.Drain())
        {
            _fences.Add(Steps);
        }
    }

    /// <summary>Lets all stores reach the memory, those of each thread.</summary>
    public void DrainAll() => Array.ForEach(_workers, Drain);

    public void Wait(Worker worker)
    {
        Count();
        // The framework notes that a thread waits by an interlocked operation.
        Drain(worker);
        worker.State = WorkerState.Waits;
        Worker[] others = Others(worker);
        // A thread that has something to do goes first; of those that wait, each in its turn.
        if ((others.FirstOrDefault(other => other.State == WorkerState.Runs) ?? others.FirstOrDefault()) is { } next)
        {
            Change(worker, next);
        }

        worker.State = WorkerState.Runs;
    }

    public void End()
    {
        if (Others(_running) is [var next, ..])
        {
            Pass(next);
        }
        else
        {
            _ended.Set();
        }
    }

    /// <summary>Waits for the system's ends of the threads that have nothing more to do.</summary>
    public void AwaitEnds()
    {
        foreach (Worker worker in _workers.Where(worker => worker.State == WorkerState.HasEnded))
        {
            worker.Thread.Join();
        }
    }

    public void Fail(Exception exception) => _failure ??= exception;

    private void Count()
    {
        if (++Steps > MostSteps)
        {
            Fail(new InvalidOperationException("It does not end."));
        }

        if (_failure is not null)
        {
            throw new ExecutionEndedException();
        }

        if (_plan.Order != MemoryOrder.Sequential)
        {
            Array.ForEach(_workers, worker => worker.Stores.Drain(Steps, _plan.Order));
        }
    }

    private void Change(Worker from, Worker to)
    {
        Pass(to);
        from.AwaitTurn();
        if (_failure is not null)
        {
            throw new ExecutionEndedException();
        }
    }

    private void Pass(Worker to)
    {
        _running = to;
        to.Go();
    }

    // In the order in which they get a turn after this one.
    private Worker[] Others(Worker worker)
    {
        IEnumerable<Worker> others = _workers.Skip(worker.Index + 1).Concat(_workers.Take(worker.Index)).Where(other => other.State != WorkerState.HasEnded);
        return _plan.Backwards ? [.. others.Reverse()] : [.. others];
    }
}

/// <summary>What an execution passed.</summary>
/// <param name="Steps">The number of points.</param>
/// <param name="Fences">The points at which stores that were late had to reach the memory.</param>
/// <param name="PlainStores">Those of the stores that a later one may overtake.</param>
internal sealed record Passed(int Steps, IReadOnlyList<int> Fences, IReadOnlyList<int> PlainStores);
