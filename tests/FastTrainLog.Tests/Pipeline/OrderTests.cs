using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Pipeline;

public sealed class OrderTests
{
    [Fact]
    public void Records_of_each_thread_arrive_once_and_in_their_order()
    {
        const int Threads = 4;
        const int Records = 50_000;
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMilliseconds(1)))
        {
            TrainLogger logger = logging.GetLogger("test");
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
            {
                for (long i = 0; i < Records; i++)
                {
                    TestLog.Number(logger, (t * (long)Records) + i);
                }
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
        }

        for (int t = 0; t < Threads; t++)
        {
            IEnumerable<long> own = sink.Items.Select(item => item.Number).Where(n => n / Records == t);
            Assert.Equal(Enumerable.Range(0, Records).Select(i => (t * (long)Records) + i), own);
        }
    }

    [Fact]
    public void Records_of_several_threads_are_merged_by_their_time()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMinutes(1)))
        {
            TrainLogger logger = logging.GetLogger("test");
            // Two threads take turns, so the order of the calls is known.
            using var turn = new Barrier(2);
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(t => new Thread(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    if (i % 2 == t)
                    {
                        TestLog.Number(logger, i);
                    }

                    turn.SignalAndWait();
                }
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), sink.Items.Select(item => item.Number));
    }

    [Fact]
    public void Timestamps_of_a_thread_never_run_backwards_and_are_true_to_UTC()
    {
        var sink = new CollectingSink();
        var calls = new List<DateTime>();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMilliseconds(20)))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int i = 0; i < 200; i++)
            {
                calls.Add(DateTime.UtcNow);
                TestLog.Number(logger, i);
                Thread.Sleep(2);
            }
        }

        // The test's own reading and the call may be apart when the machine is busy, so the middle of the differences counts.
        double[] off = [.. calls.Zip(sink.Items, (call, item) => Math.Abs((item.Timestamp - call).TotalMilliseconds)).Order()];
        Assert.InRange(off[off.Length / 2], 0, 1);
        Assert.Equal(sink.Items.Select(i => i.Timestamp).Order(), sink.Items.Select(i => i.Timestamp));
    }

    [Fact]
    public void Timestamps_do_not_run_backwards_where_one_cycle_follows_another()
    {
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMilliseconds(1)))
        {
            TrainLogger logger = logging.GetLogger("test");
            var watch = System.Diagnostics.Stopwatch.StartNew();
            // Close together, over many readings of the clocks.
            for (int i = 0; watch.ElapsedMilliseconds < 1000; i++)
            {
                TestLog.Number(logger, i);
                Thread.SpinWait(200);
            }
        }

        Assert.Equal(sink.Items.Select(i => i.Timestamp).Order(), sink.Items.Select(i => i.Timestamp));
    }

    [Fact]
    public void Threads_that_come_and_go_leave_no_record_behind_and_their_pages_are_used_again()
    {
        const int Generations = 20;
        const int Threads = 64;
        var sink = new CollectingSink();
        // 96 pages are far fewer than the 1,280 threads that each take at least one.
        using (TrainLogging logging = TestLog.Create(sink, o => (o.BufferBytes, o.FlushInterval) = (96 * 65536, TimeSpan.FromMilliseconds(1))))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int g = 0; g < Generations; g++)
            {
                Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
                {
                    for (int i = 0; i < 10; i++)
                    {
                        TestLog.Number(logger, (((g * Threads) + t) * 10L) + i);
                    }
                }))];
                Array.ForEach(threads, t => t.Start());
                Array.ForEach(threads, t => t.Join());
            }

            Assert.True(logging.Flush());
            Assert.Equal(0, logging.DroppedRecords);
        }

        Assert.Equal(Enumerable.Range(0, Generations * Threads * 10).Select(i => (long)i), sink.Items.Select(i => i.Number).Order());
    }

    [Fact]
    public void A_thread_may_come_and_fill_pages_at_any_moment_of_a_cycle()
    {
        const int Threads = 200;
        const int Records = 6000;
        var sink = new CollectingSink();
        using (TrainLogging logging = TestLog.Create(sink, o => o.FlushInterval = TimeSpan.FromMilliseconds(1)))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int t = 0; t < Threads; t++)
            {
                // One after the other, each filling its first pages at once while the backend turns over quickly.
                var thread = new Thread(() =>
                {
                    for (int i = 0; i < Records; i++)
                    {
                        TestLog.Number(logger, i);
                    }
                });
                thread.Start();
                thread.Join();
            }

            Assert.True(logging.Flush(TimeSpan.FromMinutes(2)));
        }

        Assert.Equal(Threads * Records, sink.Items.Count);
    }

    [Fact]
    public void Two_logs_used_in_turn_by_one_thread_keep_their_records_apart()
    {
        var first = new CollectingSink();
        var second = new CollectingSink();
        using (TrainLogging one = TestLog.Create(first))
        using (TrainLogging two = TestLog.Create(second))
        {
            TrainLogger toOne = one.GetLogger("one");
            TrainLogger toTwo = two.GetLogger("two");
            for (int i = 0; i < 1000; i++)
            {
                TestLog.Number(i % 2 == 0 ? toOne : toTwo, i);
            }
        }

        Assert.Equal(Enumerable.Range(0, 500).Select(i => i * 2L), first.Items.Select(i => i.Number));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (i * 2L) + 1), second.Items.Select(i => i.Number));
    }
}
