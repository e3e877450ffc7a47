using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients;

public sealed class ChunkCrewTests
{
    [Fact]
    public void Every_chunk_is_done_exactly_once_run_after_run()
    {
        var random = new Random(31);
        for (int run = 0; run < 20_000; run++)
        {
            int count = random.Next(0, 40);
            var work = new CountingWork(count);

            ChunkCrew.Shared.Run(work, count, threads: 1 + random.Next(5));

            work.AssertEachOnce();
        }
    }

    [Fact]
    public void Every_chunk_is_done_exactly_once_from_any_middle_outwards()
    {
        var random = new Random(32);
        for (int run = 0; run < 5_000; run++)
        {
            int count = random.Next(1, 40);
            var work = new CountingWork(count);

            ChunkCrew.Shared.RunOutwards(work, count, threads: 1 + random.Next(5), middle: random.Next(0, count + 1));

            work.AssertEachOnce();
        }
    }

    [Fact]
    public void Pass_outwards_begins_where_the_caller_of_the_pass_before_ended()
    {
        var work = new OrderRecordingWork();
        var crew = new ChunkCrew();
        int met = crew.Run(work, 5, threads: 1);
        crew.RunOutwards(work, 5, threads: 1, met);
        crew.RunOutwards(work, 5, threads: 1, middle: 2);

        Assert.Equal([0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 1, 0, 4, 3, 2], work.Order);
    }

    [Fact]
    public void Callers_on_several_threads_do_not_disturb_each_other()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            for (int run = 0; run < 2_000; run++)
            {
                var work = new CountingWork(17);
                ChunkCrew.Shared.Run(work, 17, threads: 3);
                work.AssertEachOnce();
            }
        });
    }

    [Fact]
    public void Helpers_take_part_in_long_work()
    {
        var work = new ThreadRecordingWork();

        // A crew of its own: the shared one may be at another test's disposal.
        new ChunkCrew().Run(work, 2, threads: 2);

        Assert.Equal(2, work.Threads);
    }

    [Fact]
    public void Helper_that_cannot_be_started_is_done_without()
    {
        int asked = 0;
        var crew = new ChunkCrew(thread =>
        {
            if (++asked > 1)
            {
                throw new OutOfMemoryException();
            }

            thread.Start();
        });
        for (int run = 0; run < 3; run++)
        {
            var work = new CountingWork(20);
            crew.Run(work, 20, threads: 4);
            work.AssertEachOnce();
        }

        Assert.Equal(4, asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Exception_of_the_work_comes_to_the_caller_when_no_thread_is_in_a_chunk_any_more(bool onCaller)
    {
        var crew = new ChunkCrew();
        for (int run = 0; run < 20; run++)
        {
            var failing = new FailingWork(onCaller);
            var thrown = Assert.Throws<InvalidOperationException>(() => crew.Run(failing, 10, threads: 2));
            Assert.Equal("chunk", thrown.Message);
            Assert.Equal(0, failing.Inside);
            int done = failing.Begun;

            var work = new CountingWork(10);
            crew.Run(work, 10, threads: 2);
            work.AssertEachOnce();
            Assert.Equal(done, failing.Begun);
        }
    }

    private sealed class CountingWork(int count) : IChunkWork
    {
        private readonly int[] _done = new int[count];

        public void Do(int chunk) => Interlocked.Increment(ref _done[chunk]);

        public void AssertEachOnce() => Assert.All(_done, times => Assert.Equal(1, times));
    }

    /// <summary>Work that throws on one of two threads once the other stands in a chunk, where it stays for a moment longer.</summary>
    private sealed class FailingWork(bool onCaller) : IChunkWork
    {
        private readonly int _caller = Environment.CurrentManagedThreadId;
        private readonly ManualResetEventSlim _otherInside = new();
        private int _inside;
        private int _begun;

        public int Inside => Volatile.Read(ref _inside);

        public int Begun => Volatile.Read(ref _begun);

        public void Do(int chunk)
        {
            Interlocked.Increment(ref _begun);
            if ((Environment.CurrentManagedThreadId == _caller) == onCaller)
            {
                Assert.True(_otherInside.Wait(TimeSpan.FromSeconds(30)));
                throw new InvalidOperationException("chunk");
            }

            Interlocked.Increment(ref _inside);
            _otherInside.Set();
            Thread.Sleep(20);
            Interlocked.Decrement(ref _inside);
        }
    }

    private sealed class OrderRecordingWork : IChunkWork
    {
        public List<int> Order { get; } = [];

        public void Do(int chunk) => Order.Add(chunk);
    }

    /// <summary>Two chunks that wait for each other, so that one thread alone could never do both.</summary>
    private sealed class ThreadRecordingWork : IChunkWork
    {
        private readonly HashSet<int> _threads = [];
        private readonly Barrier _both = new(2);

        public int Threads => _threads.Count;

        public void Do(int chunk)
        {
            lock (_threads)
            {
                _threads.Add(Environment.CurrentManagedThreadId);
            }

            _both.SignalAndWait(TimeSpan.FromSeconds(30));
        }
    }
}
