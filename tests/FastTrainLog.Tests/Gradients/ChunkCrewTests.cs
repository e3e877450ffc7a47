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

    private sealed class CountingWork(int count) : IChunkWork
    {
        private readonly int[] _done = new int[count];

        public void Do(int chunk) => Interlocked.Increment(ref _done[chunk]);

        public void AssertEachOnce() => Assert.All(_done, times => Assert.Equal(1, times));
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
