using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// The threads that all clippers of the process share. A caller works on its own chunks from the first moment; helpers join as they wake, so
/// that a sleeping helper, whose waking takes tens of microseconds, never delays anyone.
/// </summary>
/// <remarks>
/// <para>
/// The caller takes chunks from the front and the helpers from the back, until they meet. A second pass over the same chunks begins where they met
/// and goes outwards, so that each side comes first to what it saw last: memory that lies in the cache of another core, or of another part of the
/// processor, is slower to write than memory that lies in no cache.
/// </para>
/// <para>
/// Invariant: one word, the ticket, holds a run's number and how many chunks each side has taken. A chunk is taken by advancing the word from the
/// value just read, which succeeds only while that run lasts: when it ends the word says so before anything else of the run is changed, and its
/// number comes again a million runs later. So a helper that comes late takes nothing.
/// </para>
/// <para>
/// Every chunk taken is counted as done, one whose work threw as well, and a run waits for all chunks taken: so no thread is in the caller's memory
/// when it returns or throws.
/// </para>
/// <para>
/// The pool of .NET is not used: a data loader that fills it would take the helpers away, and its threads come and go with allocations.
/// </para>
/// </remarks>
internal sealed class ChunkCrew
{
    // A helper looks out for the next run this often before it sleeps: about the time between the two passes of one clip.
    private const int SpinsBeforeSleep = 50;

    // The ticket's bits from below: chunks taken from the front, from the back, the run's number. Four million chunks are 2.7e11 elements.
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

    /// <summary>Initializes a new instance of the <see cref="ChunkCrew"/> class that starts its threads in its own way.</summary>
    internal ChunkCrew(Action<Thread> start) => _start = start;

    public static ChunkCrew Shared { get; } = new();

    private uint CurrentRun => RunOf(Volatile.Read(ref _ticket));

    /// <summary>Does all chunks and returns when the last is done; allocates nothing once enough helpers exist.</summary>
    /// <param name="work">The work.</param>
    /// <param name="count">The number of chunks.</param>
    /// <param name="threads">How many threads, the caller's included, take part at most.</param>
    /// <returns>Where the sides met: the number of chunks that the caller did.</returns>
    /// <remarks>An exception of the work, on whichever thread, is thrown here; some chunks are then left undone.</remarks>
    public int Run(IChunkWork work, int count, int threads) => Run(work, count, threads, middle: -1);

    /// <summary>Does all chunks as <see cref="Run(IChunkWork, int, int)"/> does, from a chunk in the middle outwards.</summary>
    /// <param name="work">The work.</param>
    /// <param name="count">The number of chunks.</param>
    /// <param name="threads">How many threads, the caller's included, take part at most.</param>
    /// <param name="middle">Where the sides met in the pass before.</param>
    public void RunOutwards(IChunkWork work, int count, int threads, int middle) => Run(work, count, threads, middle);

    private int Run(IChunkWork work, int count, int threads, int middle)
    {
        int helpers = Math.Min(threads, count) - 1;

        // When another clipper has the helpers, this one's thread does its work alone: waiting would take longer.
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

            // Read back: a number above 20 bits has begun again at 0.
            uint run = CurrentRun;
            for (int i = 0; i < helpers; i++)
            {
                _helpers[i].Wake();
            }

            int own = TakeChunks(run, fromFront: true);

            // Nothing is left to take, unless the work threw: then nothing more shall be.
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

                // Read before the chunk is taken: these change only after the ticket says that the run has ended, so when taking the chunk succeeds
                // they were the run's own.
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
            // Only the work throws. The caller sees the exception before it sees the chunk done.
            Interlocked.CompareExchange(ref _failure, exception, null);
            Interlocked.Increment(ref _done);
            return own;
        }
    }

    // The chunks of a side in its order: inwards from the ends, or, from the middle, outwards and then on at the far end of the other side's.
    private static int FromFront(int i, int count, int middle)
        => middle < 0 ? i : i < middle ? middle - 1 - i : count - 1 - (i - middle);

    private static int FromBack(int i, int count, int middle)
        => middle < 0 ? count - 1 - i : i < count - middle ? middle + i : i - (count - middle);

    private static int FrontOf(ulong ticket) => (int)ticket & CountMask;

    private static int BackOf(ulong ticket) => (int)(ticket >> CountBits) & CountMask;

    private static uint RunOf(ulong ticket) => (uint)(ticket >> (2 * CountBits));

    // Gives how many there are, which is fewer where the system has no thread to give: the work is then done by those, and the next run tries again.
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
