using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// The threads that all clippers of the process share. A caller starts with its own chunks immediately; helpers join when they wake, so
/// that a sleeping helper, which takes tens of microseconds to wake, never delays the caller.
/// </summary>
/// <remarks>
/// <para>
/// The caller takes chunks from the front and the helpers from the back, until they meet. A second pass over the same chunks starts where they met
/// and proceeds outwards, so that each side starts with the chunks it processed last: memory in the cache of another core, or of another part of the
/// processor, is slower to write than uncached memory.
/// </para>
/// <para>
/// Invariant: one word, the ticket, contains the run's number and the number of chunks that each side has taken. A chunk is taken by a compare-exchange of the
/// value just read, which succeeds only during that run: when the run ends, the ticket is changed before any other field, and a run's
/// number is reused only a million runs later. So a late helper takes nothing.
/// </para>
/// <para>
/// Every chunk taken is counted as done, even if its work threw, and a run waits for all chunks taken. So no thread accesses the caller's memory
/// after it returns or throws.
/// </para>
/// <para>
/// The .NET thread pool is not used: a data loader that fills it would leave no helpers, and its threads are created with allocations.
/// </para>
/// </remarks>
internal sealed class ChunkCrew
{
    // A helper polls this often for the next run before it sleeps: about the time between the two passes of one clip.
    private const int SpinsBeforeSleep = 50;

    // The ticket's fields from the lowest bit: chunks taken from the front, chunks taken from the back, the run's number. Four million chunks are 2.7e11 elements.
    private const int CountBits = 22;
    private const int CountMask = (1 << CountBits) - 1;
    private const ulong OneFromBack = 1UL << CountBits;
    private const ulong Ended = (1UL << (2 * CountBits)) - 1;

    private readonly object _running = new();
    private readonly Action<Thread> _start;
    private Helper[] _helpers = [];
    private IChunkWork? _work;
    private int _count;
    private int _middle;
    private int _helpersWanted;
    private ulong _ticket;
    private int _done;
    private Exception? _failure;

    public ChunkCrew()
        : this(thread => thread.Start())
    {
    }

    /// <summary>Initializes a new instance of the <see cref="ChunkCrew"/> class with another function to start threads, for tests.</summary>
    internal ChunkCrew(Action<Thread> start) => _start = start;

    public static ChunkCrew Shared { get; } = new();

    private uint CurrentRun => RunOf(Volatile.Read(ref _ticket));

    /// <summary>Processes all chunks and returns when the last is done; allocates nothing once enough helpers exist.</summary>
    /// <param name="work">The work.</param>
    /// <param name="count">The number of chunks.</param>
    /// <param name="threads">The maximum number of threads, including the caller's.</param>
    /// <returns>Where the sides met: the number of chunks processed by the caller.</returns>
    /// <remarks>An exception of the work, on any thread, is rethrown here; some chunks are then not processed.</remarks>
    public int Run(IChunkWork work, int count, int threads) => Run(work, count, threads, middle: -1);

    /// <summary>Processes all chunks as <see cref="Run(IChunkWork, int, int)"/> does, but from a chunk in the middle outwards.</summary>
    /// <param name="work">The work.</param>
    /// <param name="count">The number of chunks.</param>
    /// <param name="threads">The maximum number of threads, including the caller's.</param>
    /// <param name="middle">Where the sides met in the previous pass.</param>
    public void RunOutwards(IChunkWork work, int count, int threads, int middle) => Run(work, count, threads, middle);

    private int Run(IChunkWork work, int count, int threads, int middle)
    {
        int helpers = Math.Min(threads, count) - 1;

        // If another clipper uses the helpers, the caller does its work alone: waiting would take longer.
        if (helpers <= 0 || count >= CountMask || !Monitor.TryEnter(_running))
        {
            for (int i = 0; i < count; i++)
            {
                work.Do(FromFront(i, count, middle));
            }

            return count;
        }

        try
        {
            helpers = Math.Min(helpers, EnsureHelpers(helpers));
            (_work, _count, _middle) = (work, count, middle);
            _helpersWanted = helpers;
            _done = 0;
            _failure = null;
            Interlocked.Exchange(ref _ticket, (ulong)(CurrentRun + 1) << (2 * CountBits));

            // Read back, because the number wraps to 0 above 20 bits.
            uint run = CurrentRun;
            for (int i = 0; i < helpers; i++)
            {
                _helpers[i].Wake();
            }

            int own = TakeChunks(run, fromFront: true);

            // No chunks are left, unless the work threw; then no more must be taken.
            ulong last = Interlocked.Exchange(ref _ticket, ((ulong)run << (2 * CountBits)) | Ended);
            int taken = FrontOf(last) + BackOf(last);
            var spinner = default(SpinWait);
            while (Volatile.Read(ref _done) != taken)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }

            _work = null;
            if (_failure is Exception failure)
            {
                _failure = null;
                ExceptionDispatchInfo.Throw(failure);
            }

            return own;
        }
        finally
        {
            Monitor.Exit(_running);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int TakeChunks(uint run, bool fromFront)
    {
        int own = 0;
        try
        {
            while (true)
            {
                ulong ticket = Volatile.Read(ref _ticket);
                int front = FrontOf(ticket);
                int back = BackOf(ticket);

                // Read before the chunk is taken: these fields change only after the ticket has ended the run, so if taking the chunk succeeds,
                // they belong to the run.
                IChunkWork? work = Volatile.Read(ref _work);
                int count = Volatile.Read(ref _count);
                int middle = Volatile.Read(ref _middle);
                if (RunOf(ticket) != run || (ticket & Ended) == Ended || front + back == count)
                {
                    return own;
                }

                if (Interlocked.CompareExchange(ref _ticket, ticket + (fromFront ? 1UL : OneFromBack), ticket) == ticket)
                {
                    work!.Do(fromFront ? FromFront(front, count, middle) : FromBack(back, count, middle));
                    Interlocked.Increment(ref _done);
                    own++;
                }
            }
        }
        catch (Exception exception)
        {
            // Only the work throws. The exception is published before the chunk is counted as done.
            Interlocked.CompareExchange(ref _failure, exception, null);
            Interlocked.Increment(ref _done);
            return own;
        }
    }

    // The order of one side's chunks: from its end inwards; or from the middle outwards, and then from the far end of the other side's chunks.
    private static int FromFront(int i, int count, int middle)
        => middle < 0 ? i : i < middle ? middle - 1 - i : count - 1 - (i - middle);

    private static int FromBack(int i, int count, int middle)
        => middle < 0 ? count - 1 - i : i < count - middle ? middle + i : i - (count - middle);

    private static int FrontOf(ulong ticket) => (int)ticket & CountMask;

    private static int BackOf(ulong ticket) => (int)(ticket >> CountBits) & CountMask;

    private static uint RunOf(ulong ticket) => (uint)(ticket >> (2 * CountBits));

    // Returns the number of helpers, which is smaller if the system cannot start a thread: the others then do the work, and the next run retries.
    private int EnsureHelpers(int wanted)
    {
        try
        {
            while (_helpers.Length < wanted)
            {
                _helpers = [.. _helpers, new Helper(this, _helpers.Length)];
            }
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
        }

        return _helpers.Length;
    }

    private sealed class Helper
    {
        private readonly ChunkCrew _crew;
        private readonly int _place;
        private readonly AutoResetEvent _wake = new(false);
        private int _asleep;

        public Helper(ChunkCrew crew, int place)
        {
            (_crew, _place) = (crew, place);
            crew._start(new Thread(Serve) { IsBackground = true, Name = $"FastTrainLog gradients {place + 1}" });
        }

        public void Wake()
        {
            // Pairs with the exchange in Serve: one of the two sees the other's write.
            if (Interlocked.Exchange(ref _asleep, 0) == 1)
            {
                _wake.Set();
            }
        }

        private void Serve()
        {
            uint served = 0;
            while (true)
            {
                served = WaitForRun(served);
                if (_place < _crew._helpersWanted)
                {
                    _crew.TakeChunks(served, fromFront: false);
                }
            }
        }

        private uint WaitForRun(uint served)
        {
            while (true)
            {
                for (int i = 0; i < SpinsBeforeSleep; i++)
                {
                    uint run = _crew.CurrentRun;
                    if (run != served)
                    {
                        return run;
                    }

                    Thread.SpinWait(20);
                }

                Interlocked.Exchange(ref _asleep, 1);
                if (_crew.CurrentRun != served && Interlocked.Exchange(ref _asleep, 0) == 1)
                {
                    continue;
                }

                _wake.WaitOne();
            }
        }
    }
}
