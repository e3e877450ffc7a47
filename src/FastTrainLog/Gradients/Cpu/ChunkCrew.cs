using System.Runtime.CompilerServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// The threads that all clippers of the process share. A caller works on its own chunks from the first moment; helpers join as they wake, so
/// that a sleeping helper, whose waking takes tens of microseconds, never delays anyone.
/// </summary>
/// <remarks>
/// Invariant: a chunk of a run is taken by advancing <see cref="_ticket"/>, which holds the run's number in its upper half and the next
/// chunk in its lower half, from the value just read. The fields of a run are written only while the ticket is closed, so a helper that
/// comes late finds a closed ticket or another run's number, fails to advance it, and takes nothing. The pool of .NET is not used: a data loader that fills it would take
/// the helpers away, and its threads come and go with allocations.
/// </remarks>
internal sealed class ChunkCrew
{
    // A helper looks out for the next run this often before it sleeps: about the time between the two passes of one clip.
    private const int SpinsBeforeSleep = 50;

    private const uint Closed = int.MaxValue;

    private readonly object _running = new();
    private Helper[] _helpers = [];
    private IChunkWork? _work;
    private int _count;
    private int _helpersWanted;
    private long _ticket = Closed;
    private int _done;

    public static ChunkCrew Shared { get; } = new();

    /// <summary>Does all chunks and returns when the last is done; allocates nothing once enough helpers exist.</summary>
    /// <param name="work">The work.</param>
    /// <param name="count">The number of chunks.</param>
    /// <param name="threads">How many threads, the caller's included, take part at most.</param>
    public void Run(IChunkWork work, int count, int threads)
    {
        int helpers = Math.Min(threads, count) - 1;

        // When another clipper has the helpers, this one's thread does its work alone: waiting would take longer.
        if (helpers <= 0 || !Monitor.TryEnter(_running))
        {
            for (int chunk = 0; chunk < count; chunk++)
            {
                work.Do(chunk);
            }

            return;
        }

        try
        {
            EnsureHelpers(helpers);
            _work = work;
            _count = count;
            _helpersWanted = helpers;
            _done = 0;
            uint run = (uint)(Volatile.Read(ref _ticket) >> 32) + 1;
            Interlocked.Exchange(ref _ticket, (long)run << 32);
            for (int i = 0; i < helpers; i++)
            {
                _helpers[i].Wake();
            }

            TakeChunks(run);
            var spinner = default(SpinWait);
            while (Volatile.Read(ref _done) != count)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }

            // Keeps a helper that still holds this run's number away from the fields of the next one.
            Interlocked.Exchange(ref _ticket, ((long)run << 32) | Closed);
            _work = null;
        }
        finally
        {
            Monitor.Exit(_running);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeChunks(uint run)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            if ((uint)(ticket >> 32) != run)
            {
                return;
            }

            // Read before the ticket is taken: when taking succeeds, the ticket was open all the while and these are the run's own.
            IChunkWork? work = _work;
            int chunk = (int)ticket;
            if (chunk >= _count)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket)
            {
                work!.Do(chunk);
                Interlocked.Increment(ref _done);
            }
        }
    }

    private void EnsureHelpers(int wanted)
    {
        int known = _helpers.Length;
        if (known >= wanted)
        {
            return;
        }

        Array.Resize(ref _helpers, wanted);
        for (int i = known; i < wanted; i++)
        {
            _helpers[i] = new Helper(this, i);
        }
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
            new Thread(Serve) { IsBackground = true, Name = $"FastTrainLog gradients {place + 1}" }.Start();
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
                    _crew.TakeChunks(served);
                }
            }
        }

        private uint WaitForRun(uint served)
        {
            while (true)
            {
                for (int i = 0; i < SpinsBeforeSleep; i++)
                {
                    uint run = CurrentRun();
                    if (run != served)
                    {
                        return run;
                    }

                    Thread.SpinWait(20);
                }

                Interlocked.Exchange(ref _asleep, 1);
                if (CurrentRun() != served && Interlocked.Exchange(ref _asleep, 0) == 1)
                {
                    continue;
                }

                _wake.WaitOne();
            }
        }

        private uint CurrentRun() => (uint)(Volatile.Read(ref _crew._ticket) >> 32);
    }
}
