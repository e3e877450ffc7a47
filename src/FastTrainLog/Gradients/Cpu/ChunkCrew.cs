using System.Runtime.CompilerServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// The threads that all clippers of the process share. A caller works on its own chunks from the first moment; helpers join as they wake, so
/// that a sleeping helper, whose waking takes tens of microseconds, never delays anyone.
/// </summary>
/// <remarks>
/// Invariant: one word, the ticket, holds a run's number, how many chunks it has and how many of them are taken. A chunk is taken by
/// advancing the word from the value just read, which succeeds only while that run lasts (its number comes again a million runs later); so a
/// helper that comes late takes nothing. The pool of .NET is not used: a data loader that fills it would take the helpers away, and its
/// threads come and go with allocations.
/// </remarks>
internal sealed class ChunkCrew
{
    // A helper looks out for the next run this often before it sleeps: about the time between the two passes of one clip.
    private const int SpinsBeforeSleep = 50;

    // The ticket's bits from below: chunks taken, chunks of the run, the run's number. Four million chunks are 2.7e11 elements.
    private const int CountBits = 22;
    private const int CountMask = (1 << CountBits) - 1;

    private readonly object _running = new();
    private Helper[] _helpers = [];
    private IChunkWork? _work;
    private int _helpersWanted;
    private ulong _ticket;
    private int _done;

    public static ChunkCrew Shared { get; } = new();

    private uint CurrentRun => RunOf(Volatile.Read(ref _ticket));

    /// <summary>Does all chunks and returns when the last is done; allocates nothing once enough helpers exist.</summary>
    /// <param name="work">The work.</param>
    /// <param name="count">The number of chunks.</param>
    /// <param name="threads">How many threads, the caller's included, take part at most.</param>
    public void Run(IChunkWork work, int count, int threads)
    {
        int helpers = Math.Min(threads, count) - 1;

        // When another clipper has the helpers, this one's thread does its work alone: waiting would take longer.
        if (helpers <= 0 || count > CountMask || !Monitor.TryEnter(_running))
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
            _helpersWanted = helpers;
            _done = 0;
            Interlocked.Exchange(ref _ticket, ((ulong)(CurrentRun + 1) << (2 * CountBits)) | ((ulong)count << CountBits));

            // Read back: a number above 20 bits has begun again at 0.
            uint run = CurrentRun;
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
            ulong ticket = Volatile.Read(ref _ticket);
            int chunk = (int)ticket & CountMask;
            int count = (int)(ticket >> CountBits) & CountMask;
            if (RunOf(ticket) != run || chunk == count)
            {
                return;
            }

            // Read before the chunk is taken: the run cannot end without this chunk, so when taking it succeeds this was the run's own.
            IChunkWork? work = Volatile.Read(ref _work);
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket)
            {
                work!.Do(chunk);
                Interlocked.Increment(ref _done);
            }
        }
    }

    private static uint RunOf(ulong ticket) => (uint)(ticket >> (2 * CountBits));

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
